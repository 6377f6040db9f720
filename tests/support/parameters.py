"""The parameters of lists, as the description has them."""

from support.service import DESCRIBED

DOCUMENT = DESCRIBED.document


PAGE = {"as_of", "limit", "cursor", "total", "sort", "fields", "expand"}
"""What a list can be asked besides what it is filtered by."""


def query_of(resource):
    """Give the schema of the query string of a resource's list."""
    module = __import__(f"schemas.{resource}", fromlist=["x"])
    return getattr(module, f"{resource[:-1].title()}Query")


def parameters(resource):
    """Give the parameters of a resource's list, as they are described."""
    found = DOCUMENT["paths"][f"/v1/{resource}"]["get"]["parameters"]
    return {each["name"]: each for each in found if each.get("in") == "query"}
