#!/bin/sh
set -e
rm -f /usr/bin/zhibojian-workstation /usr/bin/zhibojian
