"""/documents."""

from api.blueprint import resource
from models.documents import DOCUMENTS
from schemas.documents import DocumentQuery, DocumentSchema

blueprint = resource(DOCUMENTS, DocumentSchema, DocumentQuery)
