"""Files behind signed addresses: a feed is uploaded there, reports and results are fetched from there."""

import base64
from datetime import timedelta

from simulator.amazon.http.wire import Answer, Call
from simulator.amazon.world.state import Document, World

URL_LIFE = timedelta(minutes=5)


def new_document(world: World, call: Call, content_type: str, body: bytes | None = None) -> Document:
    """An empty document to upload to, or a finished one to fetch."""
    text = world.secret("document")
    document = Document(
        id=f"amzn1.tortuga.4.na.{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:32]}.T{text[32:44].upper()}",
        seller_id=call.seller_id,
        content_type=content_type,
        signature=text[:40],
        expires=0.0,
    )
    if body is not None:
        document.body = _packed(body)
    world.documents[document.id] = document
    return document


def address(world: World, call: Call, document: Document) -> str:
    """A fresh signed address of a document, good for five minutes."""
    document.expires = (call.now + URL_LIFE).timestamp()
    document.signature = world.secret("signature")[:40]
    return f"{call.base_url}/_documents/{document.id}?X-Amz-Signature={document.signature}"


def content(document: Document) -> bytes | None:
    """What was uploaded."""
    return None if document.body is None else base64.b64decode(document.body)


def transfer(world: World, call: Call, document_id: str) -> Answer:
    """PUT and GET of a signed address. As with Amazon's storage, errors are XML."""
    document = world.documents.get(document_id)
    if document is None or call.one("X-Amz-Signature") != document.signature:
        return _error("SignatureDoesNotMatch", "The request signature we calculated does not match.")
    if document.expires <= call.now.timestamp():
        return _error("AccessDenied", "Request has expired")
    if call.method == "PUT":
        document.body = _packed(call.body)
        world.changes += 1
        return Answer(200)
    found = content(document)
    if found is None:
        return _error("NoSuchKey", "The specified key does not exist.", 404)
    return Answer(200, found, document.content_type)


def _packed(body: bytes) -> str:
    return base64.b64encode(body).decode()


def _error(code: str, message: str, status: int = 403) -> Answer:
    text = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Answer(status, text.encode(), "application/xml")
