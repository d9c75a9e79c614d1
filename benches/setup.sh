#!/bin/sh
# Fetches OpenCC 1.4.2 from the Python package index and says how to link it:
#
#     eval "$(./setup.sh)" && cargo run --release --features opencc -- throughput
#
# Two packages, both into target/opencc (git-ignored): the wheel has the static libraries, the command and the compiled
# dictionaries; the source package has the text that the benchmarks convert. Needs python3 with pip, and tar.
set -eu
release=1.4.2
here=$(cd "$(dirname "$0")" && pwd)
target=$here/target/opencc
mkdir -p "$target"

if [ ! -d "$target/wheel" ]; then
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary opencc \
        --dest "$target/download" "opencc==$release" >&2
    python3 -m zipfile -e "$target"/download/opencc-*.whl "$target/wheel.part"
    # The archive module drops the permission to execute.
    chmod +x "$target"/wheel.part/opencc/clib/bin/*
    mv "$target/wheel.part" "$target/wheel"
fi

if [ ! -d "$target/source" ]; then
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --no-binary opencc \
        --dest "$target/download" "opencc==$release" >&2
    mkdir -p "$target/source.part"
    tar -xzf "$target"/download/opencc-*.tar.gz --strip-components 1 -C "$target/source.part"
    mv "$target/source.part" "$target/source"
fi

clib=$target/wheel/opencc/clib
libraries=$clib/lib64
[ -d "$libraries" ] || libraries=$clib/lib
echo "export OPENCC_LIB_DIRS='$libraries'"
echo "export OPENCC_INCLUDE_DIRS='$clib/include'"
# Both libraries, in this order; the C++ runtime comes from the system.
echo "export OPENCC_LIBS=opencc:marisa"
echo "export OPENCC_STATIC=1"
echo "export OPENCC_DYLIB_STDCPP=1"
