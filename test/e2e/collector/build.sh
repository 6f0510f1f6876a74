#!/usr/bin/env bash
# Builds the Collector of builder-config.yaml into build/otelcol and prints the binary's path.
# A binary built earlier from the same files is used again.
#
# Exit status: 0 the binary is there; 3 Go is missing or too old (the reason on stderr), so whoever
# needs the Collector skips and says so; anything else: the build failed.
# COLLECTOR_BUILD_SECONDS bounds the build (default 1200).
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
config=$here/builder-config.yaml
build=$here/build
binary=$build/otelcol
limit=${COLLECTOR_BUILD_SECONDS:-1200}
required_go_minor=25

version=$(sed -n 's/^  version: *//p' "$config")
hash=$(cat "$config" "${BASH_SOURCE[0]}" | cksum)

if [[ -x $binary && -f $build/built-from && $(<"$build/built-from") == "$hash" ]]; then
  echo "$binary"
  exit 0
fi

if ! command -v go >/dev/null 2>&1; then
  # Where Go's own installer puts it, for shells that do not have it on PATH.
  if [[ -x /usr/local/go/bin/go ]]; then
    PATH=/usr/local/go/bin:$PATH
  else
    echo "collector: expected Go 1.$required_go_minor or newer, found no go command." >&2
    exit 3
  fi
fi

found=$(go env GOVERSION)
if [[ $found =~ ^go1\.([0-9]+) ]] && ((BASH_REMATCH[1] < required_go_minor)); then
  echo "collector: expected Go 1.$required_go_minor or newer, found $found." >&2
  exit 3
fi

mkdir -p "$build"
work=$(mktemp -d "$build/.work-XXXXXX")
trap 'rm -rf -- "$work"' EXIT
cp "$config" "$work/builder-config.yaml"
cd "$work"

# The sources stand in no repository of their own, so stamping them would fail or name ours.
export GOFLAGS="${GOFLAGS:+$GOFLAGS }-buildvcs=false"
unset GO111MODULE GOOS GOARCH

bounded() {
  if command -v timeout >/dev/null 2>&1; then timeout "$((limit - SECONDS))" "$@"; else "$@"; fi
}

# The builder tidies the modules and fails where one that only tests of dependencies need cannot be had
# (splunk_hec's profcheck). `tidy -e` goes on without it; what the binary needs, `go build` still asks for.
compile_collector() {
  bounded go run "go.opentelemetry.io/collector/cmd/builder@v$version" \
    --config builder-config.yaml --skip-compilation || true
  cd sources &&
    bounded go mod tidy -e -compat=1.25 &&
    bounded go build -trimpath -ldflags='-s -w' -o ../otelcol .
}

if ! (compile_collector) >"$work/log" 2>&1; then
  echo "collector: the build failed after $SECONDS s (limit $limit s):" >&2
  tail -n 40 "$work/log" >&2
  exit 1
fi

"$work/otelcol" components >/dev/null
mv -f "$work/otelcol" "$binary"
printf '%s\n' "$hash" >"$build/built-from"
echo "collector: built v$version in $SECONDS s." >&2
echo "$binary"
