"""/datasets."""

from api.blueprint import resource
from models.datasets import DATASETS
from schemas.datasets import DatasetQuery, DatasetSchema

blueprint = resource(DATASETS, DatasetSchema, DatasetQuery)
