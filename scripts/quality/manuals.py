"""Two manuals with their history, as documents for tamis: the Rust book (four editions) and etcd's (nine versions)."""

from harness import read_jsonl

NEWEST_EDITION = "current"
NEWEST_STABLE = "v3.7"
CURRENT_VERSIONS = {NEWEST_STABLE, "v3.8"}


def document(record):
    """A record of docs.jsonl the way a source would hand it over."""
    made = {"id": record["id"], "markdown": record["text"], "uri": record["id"]}
    if record.get("title"):
        made["title"] = record["title"]
    if record.get("last_date"):
        made["modified_at"] = f"{record['last_date'][:10]}T00:00:00Z"
    return made


def rust_book(data, edition=None):
    records = read_jsonl(data / "stale_rustbook" / "docs.jsonl")
    return [document(record) for record in records if edition in (None, record["edition"])]


def etcd_records(data):
    return read_jsonl(data / "stale_etcd" / "docs.jsonl")


def etcd(data, version=None):
    records = etcd_records(data)
    return [document(record) for record in records if version in (None, record["version"])]
