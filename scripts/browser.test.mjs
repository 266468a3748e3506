import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findBrowser } from './browser.mjs';

const find = (platform, env, there) => findBrowser({ platform, env, home: platform === 'win32' ? 'C:\\Users\\a' : '/home/a' }, (file) => there.includes(file));

test('Linux: the first of Chrome, Chromium and Edge on the path', () => {
  assert.equal(find('linux', { PATH: '/opt/x:/usr/bin' }, ['/usr/bin/chromium', '/usr/bin/microsoft-edge']), '/usr/bin/chromium');
  assert.equal(find('linux', { PATH: '' }, ['/snap/bin/chromium']), '/snap/bin/chromium');
  assert.equal(find('linux', { PATH: '/usr/bin' }, []), null);
});

test('macOS and Windows: where the installers put them', () => {
  const chrome = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  assert.equal(find('darwin', {}, [chrome]), chrome);
  const edge = 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe';
  assert.equal(find('win32', { ProgramFiles: 'C:\\Program Files', 'ProgramFiles(x86)': 'C:\\Program Files (x86)' }, [edge]), edge);
});

test('a browser that is named is taken or refused, never replaced', () => {
  assert.equal(find('linux', { PATH: '/usr/bin', ZHIBOJIAN_BROWSER: '/a/b' }, ['/a/b', '/usr/bin/chromium']), '/a/b');
  assert.equal(find('linux', { PATH: '/usr/bin', ZHIBOJIAN_BROWSER: '/a/b' }, ['/usr/bin/chromium']), null);
});
