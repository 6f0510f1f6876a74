#!/usr/bin/env bash
# Brings what the tests of the cold tier in a bucket need into build/: DuckDB's extension httpfs, and moto, a server
# that speaks S3 and checks signatures. Both are packages of PyPI. The extension loads only into the DuckDB it was built
# for: where there is none for the program's own version, the tests run with the DuckDB of package.json beside this
# file and the extension of that version.
#
# Exit status: 0 all is there; 3 Python is missing or a package is not to be had (the reason on stderr), so whoever
# needs them skips and says so.
set -uo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
build=$here/build
moto=5.2.5

skip() {
  echo "bucket: $*" >&2
  exit 3
}

version_of() {
  sed -n 's/.*"@duckdb\/node-api": *"\([0-9.]*\).*/\1/p' "$1"
}

own=$(version_of "$here/../../package.json")
other=$(version_of "$here/package.json")
wanted=$(cat "${BASH_SOURCE[0]}" "$here/package.json" "$here/../../package.json" | cksum)
[[ -f $build/built-from && $(<"$build/built-from") == "$wanted" ]] && exit 0

rm -rf -- "$build"
mkdir -p -- "$build"
command -v python3 >/dev/null 2>&1 || skip "expected python3, found no such command."
python3 -m venv "$build/venv" || skip "expected python3 -m venv to work."
pip=("$build/venv/bin/python" -m pip --disable-pip-version-check --quiet)

for version in "$own" "$other"; do
  "${pip[@]}" install --no-deps --only-binary=:all: "duckdb-extension-httpfs==$version" && break
  [[ $version == "$other" ]] && skip "expected duckdb-extension-httpfs $own or $other, found neither."
  echo "bucket: no httpfs for DuckDB $own; taking DuckDB $other." >&2
done
extension=$(find "$build/venv" -name httpfs.duckdb_extension)
[[ -f $extension ]] || skip "expected httpfs.duckdb_extension in its package, found none."
mv -- "$extension" "$build/httpfs.duckdb_extension"
"${pip[@]}" install "moto[server,s3]==$moto" || skip "expected moto $moto, found none."
if [[ $version != "$own" ]]; then
  cp -- "$here/package.json" "$build/package.json"
  (cd -- "$build" && npm install --no-audit --no-fund --no-package-lock) || skip "expected @duckdb/node-api, found none."
fi
echo "$wanted" >"$build/built-from"
