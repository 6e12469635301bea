#!/usr/bin/env bash
# Drives the dashboard in the machine's Chromium. Where there is none, or no npm, it says so and is content.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../tests/browser"

skip() {
  printf 'browser test: skipped, %s\n' "$1"
  exit 0
}

browser=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
[[ -n $browser ]] || skip "there is no Chromium (Debian: apt-get install chromium; or CHROMIUM=/path/to/it)"
command -v npm >/dev/null || skip "there is no npm"

case $TAMIS in /*) ;; *) TAMIS=$OLDPWD/$TAMIS ;; esac
case ${SHOTS:-} in '' | /*) ;; *) SHOTS=$OLDPWD/$SHOTS ;; esac
export CHROMIUM=$browser TAMIS SHOTS
[[ -d node_modules ]] || npm ci --no-audit --no-fund --silent
. ../../scripts/env.sh
npm test
