#!/usr/bin/env bash
# Runs every fuzz target for so many seconds (600 where not said), or only those named: fuzz/run.sh [SECONDS [TARGET…]]
# Wants cargo-fuzz and a nightly toolchain. A crash ends with its input under fuzz/artifacts/: keep it, small, as a test.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

seconds=${1:-600}
shift || true
targets=("$@")
((${#targets[@]})) || mapfile -t targets < <(cd fuzz_targets && printf '%s\n' *.rs | sed 's/\.rs$//')

failed=()
for target in "${targets[@]}"; do
  mkdir -p "corpus/$target"
  # Safe Rust only: what a sanitizer would find is not there, and without one it is several times as fast.
  cargo +nightly fuzz run --fuzz-dir . --sanitizer none "$target" "corpus/$target" "seeds/$target" -- \
    -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 || failed+=("$target")
done
((${#failed[@]} == 0)) || { echo "failed: ${failed[*]}"; exit 1; }
