#!/usr/bin/env bash
# Holds the HTTP API against its own description with schemathesis: no 5xx, no answer that /openapi.json does not name, on
# a corpus of our fixtures. `make api-fuzz` builds tamis first.
#   SECONDS_MOST: seconds it may take; 120 where not said. SEED: repeats a run. What follows goes to schemathesis.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/env.sh

tamis=${TAMIS:-target/debug/tamis}
seconds=${SECONDS_MOST:-120}
tools=$TAMIS_CACHE/tools/schemathesis-4.32.5
[[ -x $tamis ]] || { echo "api-fuzz: $tamis is not built: run \`make api-fuzz\`" >&2; exit 1; }
[[ $tamis = /* ]] || tamis=$PWD/$tamis

if [[ ! -x $tools/bin/schemathesis ]]; then
  python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet "schemathesis==${tools##*-}"
fi

corpus=$(mktemp -d)
server=
stop() {
  [[ -z $server ]] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
  rm -rf "$corpus"
}
trap stop EXIT

cp -r tests/fixtures/clean "$corpus/handbook"
cp -r tests/fixtures/planted "$corpus/wiki"
rm "$corpus/wiki/expected.json"
cd "$corpus"
"$tamis" --quiet ingest handbook >/dev/null
"$tamis" --quiet ingest wiki >/dev/null
"$tamis" serve --bind 127.0.0.1:0 2>log &
server=$!
base=
for _ in $(seq 300); do
  base=$(sed -n 's/.*\(http:\/\/[0-9.:]*\).*/\1/p' log | head -1)
  [[ -z $base ]] || break
  kill -0 "$server" || { cat log >&2; exit 1; }
  sleep 0.2
done

status=0
# No schema says that a cursor, an ETag or a key has to be one of ours: those are refused with a 400 that says so.
"$tools/bin/schemathesis" run "$base/openapi.json" --url "$base" --max-time "$seconds" --request-timeout 35 \
  --continue-on-failure --checks all --exclude-checks positive_data_acceptance --generation-database none ${SEED:+--seed "$SEED"} "$@" | tee report || status=$?
# A machine too busy to get to the first request has shown nothing.
grep -q 'Empty test suite' report && { echo "api-fuzz: nothing was tried: raise SECONDS_MOST" >&2; status=1; }

# Whatever was sent, the corpus is whole.
kill -TERM "$server"
wait "$server" || { echo "api-fuzz: tamis serve did not end well" >&2; tail -5 log >&2; status=1; }
server=
grep -iE 'panicked| ERROR ' log >&2 && status=1
"$tamis" verify || status=1
exit "$status"
