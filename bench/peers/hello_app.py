"""Flask's own hello: what the framework and gunicorn cost without anything behind them."""

from flask import Flask

app = Flask(__name__)


@app.get("/hello")
def hello() -> str:
    """Answer with a greeting."""
    return "<p>Hello, World!</p>"
