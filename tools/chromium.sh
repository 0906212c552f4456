#!/bin/sh
# Install Debian's Chromium for the browser test, where that is possible and it is not there yet.
command -v chromium >/dev/null && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null && exit 0
fi
echo "Chromium is not installed: the browser test will be skipped." >&2
exit 0
