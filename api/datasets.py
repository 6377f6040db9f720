"""/datasets."""

from api.resource.routes import resource
from models.datasets import DATASETS
from schemas.datasets import DatasetQuery, DatasetSchema

blueprint = resource(DATASETS, DatasetSchema, DatasetQuery, has_weight=False)
