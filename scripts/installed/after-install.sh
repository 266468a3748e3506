#!/bin/sh
set -e
ln -sf "/opt/Zhibojian/zhibojian-workstation" /usr/bin/zhibojian-workstation
ln -sf "/opt/Zhibojian/resources/bin/zhibojian" /usr/bin/zhibojian
chmod 4755 "/opt/Zhibojian/chrome-sandbox" || true
