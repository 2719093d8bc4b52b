# Sourced by the scripts beside it: where things are, and how a script speaks and fails.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
TOOLS=${BONGTU_TOOLS:-$HOME/.cache/bongtu-tools}
SCRIPT=pkg-scripts/$(basename "$0")
# node_modules/.bin brings tsc, biome, wasm-opt, …; TOOLS/bin brings wasm-bindgen and wasm-pack.
export PATH="$ROOT/node_modules/.bin:$TOOLS/bin:$PATH"
cd "$ROOT"

say() { printf '%s: %s\n' "$SCRIPT" "$*" >&2; }
die() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# The first Chrome on PATH, by Debian's, Ubuntu's and Google's names.
find_chrome() {
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" && return
  done
  return 1
}
