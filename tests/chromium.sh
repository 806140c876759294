#!/bin/sh
# Installs Chromium for the tests that drive a browser, from Debian's packages. Where that cannot be done, it says so, and
# those tests are skipped with the reason.
set -u

if command -v chromium >/dev/null; then
  exit 0
fi
if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
  echo "Chromium is missing: the browser tests will be skipped. On Debian or Ubuntu: sudo sh tests/chromium.sh"
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
if apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-color-emoji >/dev/null; then
  chromium --version 2>/dev/null
else
  echo "Chromium could not be installed: the browser tests will be skipped."
fi
exit 0
