# shellcheck shell=sh
# Where setup.sh keeps what it fetches. Source this file (". scripts/env.sh") before calling cargo or tamis by hand;
# variables that are already set win.

TAMIS_CACHE=${TAMIS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tamis}
case $TAMIS_CACHE in /*) ;; *) TAMIS_CACHE=$PWD/$TAMIS_CACHE ;; esac
case $(uname -s) in
  Darwin) ORT_DYLIB_PATH=${ORT_DYLIB_PATH:-$TAMIS_CACHE/onnxruntime/libonnxruntime.1.32.0.dylib} ;;
  *) ORT_DYLIB_PATH=${ORT_DYLIB_PATH:-$TAMIS_CACHE/onnxruntime/libonnxruntime.so.1.32.0} ;;
esac
TAMIS_MODEL_DIR=${TAMIS_MODEL_DIR:-$TAMIS_CACHE/models/all-MiniLM-L6-v2}
export TAMIS_CACHE ORT_DYLIB_PATH TAMIS_MODEL_DIR

# Only where the system has none: a changed PROTOC makes cargo compile lance again.
if [ -z "${PROTOC:-}" ] && [ -x "$TAMIS_CACHE/bin/protoc" ]; then
  PROTOC=$TAMIS_CACHE/bin/protoc
  export PROTOC
fi
