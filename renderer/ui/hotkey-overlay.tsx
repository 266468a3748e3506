import { Modal } from 'antd';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { useHotkeyGroups, useHotkeys } from './hotkey-registry.ts';
import { defineText, useText } from './i18n.ts';

const text = defineText({ title: '快捷键', shell: '全局', show: '显示本表' }, { title: 'Shortcuts', shell: 'Everywhere', show: 'Show this list' });

const keyNames: Record<string, string> = { ' ': '␣', ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Enter: '↵', Escape: 'Esc' };

/** The list of shortcuts that work on this screen, opened by `?`. */
export function HotkeyOverlay(): ReactElement {
  const t = useText(text);
  const [open, setOpen] = useState(false);
  const groups = useHotkeyGroups((s) => s.groups);
  useHotkeys(t('shell'), [{ keys: ['?', '？'], label: t('show'), run: () => setOpen(true) }], 0);
  return (
    <Modal open={open} onCancel={() => setOpen(false)} footer={null} title={t('title')} width={640} data-testid="hotkey-overlay">
      <div className="hotkey-groups">
        {[...groups].sort((a, b) => b.priority - a.priority).map((group) => (
          <section key={group.id}>
            <h3>{group.title}</h3>
            <dl>
              {group.hotkeys.map((hotkey) => (
                <div key={hotkey.label}>
                  <dt>{hotkey.keys.filter((key) => key !== '？').map((key) => <kbd key={key}>{keyNames[key] ?? (key.length === 1 ? key.toUpperCase() : key)}</kbd>)}</dt>
                  <dd>{hotkey.label}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
