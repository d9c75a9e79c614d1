#!/bin/sh
# Makes the compressed forms of export-0.11.xml with the reference programs: gzip, bzip2, zstd, and head and tail to cut it as
# the multistream dumps are cut. Run in this folder.
set -eu
gzip -9 -n -c export-0.11.xml > export-0.11.xml.gz
bzip2 -9 -c export-0.11.xml > export-0.11.xml.bz2

# Frames of 1 kB, between them one to be skipped.
rm -f export-0.11.xml.zst
split -b 1000 export-0.11.xml part.
for part in part.*; do
  zstd -q -c --check "$part" >> export-0.11.xml.zst
  printf '\120\052\115\030\003\000\000\000abc' >> export-0.11.xml.zst
done
rm part.*

# A stream for what stands before the first page, one for each two pages, one for the end; the index has the place of each
# page's stream, its number and title.
out=export-0.11-multistream.xml.bz2
index=export-0.11-multistream-index.txt
rm -f "$out" "$index"
lines=$(wc -l < export-0.11.xml)
starts=$(grep -n '^  <page>$' export-0.11.xml | cut -d: -f1)
add() { sed -n "$1,$2p" export-0.11.xml | bzip2 -9 -c >> "$out"; }
first=$(echo "$starts" | head -n 1)
add 1 $((first - 1))
set -- $starts
while [ $# -gt 0 ]; do
  from=$1
  offset=$(wc -c < "$out")
  count=2
  [ $# -ge 2 ] || count=1
  shift $count
  to=$((${1:-$lines} - 1))
  sed -n "$from,${to}p" export-0.11.xml | awk -v offset="$offset" '
    /^    <title>/ { gsub(/^    <title>|<\/title>$/, ""); title = $0 }
    /^    <id>/ { gsub(/[^0-9]/, ""); print offset ":" $0 ":" title }' >> "$index"
  add "$from" "$to"
done
add "$lines" "$lines"
