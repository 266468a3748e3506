import { Input, Segmented } from 'antd';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { engine } from '../../state/engine.ts';
import { changeSettings, Settings, useSettings } from '../../state/settings-store.ts';
import { useStatus } from '../../state/status-store.ts';
import { useText } from '../../ui/i18n.ts';
import { ClockPanel } from './clock-panel.tsx';
import { settingsText } from './settings-text.ts';
import { ModelsTable, StatusFactsList } from './status-facts.tsx';
import { ChildrenTable, LanesTable } from './status-tables.tsx';

/** 设置: what one person chooses, and everything the workstation knows of its own health. */
export function SettingsScreen(): ReactElement {
  const t = useText(settingsText);
  const status = useStatus((s) => s.status);
  return (
    <div className="page settings">
      <div className="page-head"><h1>{t('title')}</h1></div>
      <section><h2>{t('person')}</h2><PersonForm /></section>
      {status ? (
        <>
          <section><h2>{t('models')}</h2><ModelsTable models={status.models} /></section>
          <section><h2>{t('clock')}</h2><ClockPanel clock={status.clock} /></section>
          <section><h2>{t('system')}</h2><StatusFactsList status={status} /></section>
          <div className="settings-pair">
            <section><h2>{t('children')}</h2><ChildrenTable children={status.children} /></section>
            <section><h2>{t('lanes')}</h2><LanesTable lanes={status.lanes} /></section>
          </div>
          <section>
            <h2>{t('versions')}</h2>
            <dl className="versions">{Object.entries(status.versions).map(([name, version]) => <div key={name}><dt>{name}</dt><dd className="mono" title={version}>{version}</dd></div>)}</dl>
          </section>
        </>
      ) : <p className="hint">{t('notYet')}</p>}
    </div>
  );
}

function PersonForm(): ReactElement {
  const t = useText(settingsText);
  const { theme, language, userName } = useSettings();
  const [name, setName] = useState(userName);
  const keepName = (): void => {
    if (name.trim() === userName) return;
    changeSettings({ userName: name.trim() });
    // The engine learns the name from the greeting of a connection.
    engine.reconnect();
  };
  return (
    <dl className="facts-list">
      <div><dt><label htmlFor="user-name">{t('userName')}</label></dt><dd><Input id="user-name" value={name} maxLength={80} style={{ width: 220 }} onChange={(event) => setName(event.target.value)} onBlur={keepName} onPressEnter={keepName} data-testid="user-name" /> <span className="hint">{t('userHint')}</span></dd></div>
      <div><dt>{t('theme')}</dt><dd data-testid="theme-choice"><Segmented value={theme} options={(['auto', 'dark', 'light'] as const).map((each) => ({ value: each, label: t(`theme.${each}`) }))} onChange={(value) => changeSettings({ theme: Settings.shape.theme.parse(value) })} /></dd></div>
      <div><dt>{t('language')}</dt><dd data-testid="language-choice"><Segmented value={language} options={[{ value: 'zh', label: '中文' }, { value: 'en', label: 'English' }]} onChange={(value) => changeSettings({ language: Settings.shape.language.parse(value) })} /></dd></div>
    </dl>
  );
}
