"""The models of what is asked and answered: `from attest_client.models import Event`."""

from typing import TYPE_CHECKING

from attest_client._api import models

if TYPE_CHECKING:
    from attest_client._api.models import *  # noqa: F403
else:

    def __getattr__(name: str) -> object:
        """Import a model when it is first asked for."""
        return getattr(models, name)
