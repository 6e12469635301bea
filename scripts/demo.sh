#!/usr/bin/env bash
# The main job on real documents: the Markdown of every crate tamis is built from. `make demo` builds tamis first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/env.sh

tamis=${TAMIS:-target/release/tamis}
data=.tamis-demo
docs=$TAMIS_CACHE/demo/crates

[[ -x $tamis ]] || { echo "demo: $tamis is not built: run \`make demo\`" >&2; exit 1; }

heading() { printf '\n== %s ==\n\n' "$*"; }

heading "The documents"
python3 scripts/demo_docs.py "$docs"

heading "tamis ingest"
rm -rf "$data"
"$tamis" --data "$data" ingest "$docs" --source crates || {
  status=$?
  ((status == 1)) || exit "$status" # 1: some documents could not be read; the summary named them
}

heading "tamis health"
"$tamis" --data "$data" health

heading "tamis quarantine"
"$tamis" --data "$data" quarantine list --limit 100000 --format json | python3 scripts/demo_report.py "$docs"

for query in "how do I cancel a task when a timeout elapses" "read a csv file without allocating for every record" \
  "minimum supported rust version policy"; do
  heading "tamis search \"$query\""
  "$tamis" --data "$data" search -k 3 "$query"
done

heading "What to try next"
cat <<NEXT
  $tamis --data $data search --explain "your own question"
  $tamis --data $data quarantine list          then: quarantine show ID, quarantine release ID
  $tamis ingest ~/my/docs                      your own documents
  $tamis check ~/my/docs --fail-under 80       the same as a gate in CI
  $tamis serve                                 search and review over HTTP, http://127.0.0.1:7700
NEXT
