import { App as AntdApp, Button, ConfigProvider } from 'antd';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { ReactElement } from 'react';
import { EvidenceScreen } from '../features/evidence/evidence-screen.tsx';
import { ExportDialog } from '../features/evidence/export-dialog.tsx';
import { LeadsPanel } from '../features/leads/leads-panel.tsx';
import { LibraryScreen } from '../features/library/library-screen.tsx';
import { RegistryScreen } from '../features/registry/registry-screen.tsx';
import { RoomScreen } from '../features/room/index.ts';
import { SettingsScreen } from '../features/settings/settings-screen.tsx';
import { WallScreen } from '../features/wall/wall-screen.tsx';
import { useConnection } from '../state/connection-store.ts';
import { goTo, useRoute } from '../state/route-store.ts';
import type { Route } from '../state/route-store.ts';
import { changeSettings, useSettings } from '../state/settings-store.ts';
import { HotkeyOverlay } from '../ui/hotkey-overlay.tsx';
import { useHotkeys } from '../ui/hotkey-registry.ts';
import { useText } from '../ui/i18n.ts';
import { ThemeContext } from '../ui/theme-context.tsx';
import { applyTheme } from '../ui/theme.ts';
import type { ThemeName } from '../ui/theme.ts';
import { antdLocales } from './antd-locale.ts';
import { makeAntdTheme } from './antd-theme.ts';
import { appText } from './app-text.ts';
import { NoticeLine } from './notice-line.tsx';
import { RoomsRail } from './rooms-rail.tsx';
import { ScreenBoundary } from './screen-boundary.tsx';
import { TopBar } from './top-bar.tsx';

/** The look of a place: `auto` is dark where pictures are watched and light where lists are read. */
export function pickTheme(choice: 'auto' | ThemeName, place: Route['place']): ThemeName {
  if (choice !== 'auto') return choice;
  return place === 'wall' || place === 'room' ? 'dark' : 'light';
}

/** The whole window. */
export function App(): ReactElement {
  const choice = useSettings((s) => s.theme);
  const language = useSettings((s) => s.language);
  const place = useRoute((s) => s.route.place);
  const name = pickTheme(choice, place);
  useMemo(() => applyTheme(name), [name]);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }, [language]);
  const antdTheme = useMemo(() => makeAntdTheme(name), [name]);
  return (
    <ThemeContext value={name}>
      <ConfigProvider locale={antdLocales[language]} theme={antdTheme} componentSize="middle" wave={{ disabled: true }} button={{ autoInsertSpace: false }}>
        <AntdApp component={false}><Shell /></AntdApp>
      </ConfigProvider>
    </ThemeContext>
  );
}

const narrow = typeof matchMedia === 'undefined' ? null : matchMedia('(max-width: 1100px)');

function useNarrow(): boolean {
  return useSyncExternalStore((listener) => {
    narrow?.addEventListener('change', listener);
    return () => narrow?.removeEventListener('change', listener);
  }, () => narrow?.matches ?? false);
}

function Shell(): ReactElement {
  const t = useText(appText);
  const route = useRoute((s) => s.route);
  const loaded = useConnection((s) => s.loaded);
  const isNarrow = useNarrow();
  const showRooms = useSettings((s) => s.roomsOpen) && !isNarrow;
  const leadsOpen = useSettings((s) => s.leadsOpen);
  const showLeads = leadsOpen && (route.place === 'wall' || route.place === 'room');
  useHotkeys(t('shellKeys'), [
    { keys: ['F1'], label: t('goWall'), run: () => goTo({ place: 'wall' }) },
    { keys: ['F2'], label: t('goRooms'), run: () => goTo({ place: 'rooms' }) },
    { keys: ['F3'], label: t('goEvidence'), run: () => goTo({ place: 'evidence', packageId: null }) },
    { keys: ['F4'], label: t('goLibrary'), run: () => goTo({ place: 'library', view: 'recordings' }) },
    { keys: ['F5'], label: t('goSettings'), run: () => goTo({ place: 'settings' }) },
    { keys: ['shift+r'], label: t('hideRooms'), run: () => changeSettings({ roomsOpen: !useSettings.getState().roomsOpen }) },
    { keys: ['shift+l'], label: t('hideLeads'), run: () => changeSettings({ leadsOpen: !useSettings.getState().leadsOpen }) },
  ], 0);
  return (
    <div className={`shell${showRooms ? ' with-rooms' : ''}${showLeads ? ' with-leads' : ''}`} data-place={route.place} data-loaded={loaded}>
      <TopBar />
      {showRooms ? <RoomsRail /> : null}
      <main className="screen">
        <ScreenBoundary key={route.place} fallback={<div className="screen-failed"><p>{t('screenFailed')}</p><Button onClick={() => location.reload()}>{t('reload')}</Button></div>}>
          <Screen route={route} />
        </ScreenBoundary>
      </main>
      {showLeads ? <LeadsPanel /> : null}
      <ExportDialog />
      <HotkeyOverlay />
      <NoticeLine />
    </div>
  );
}

function Screen({ route }: { route: Route }): ReactElement {
  const visit = useRoute((s) => s.visit);
  switch (route.place) {
    case 'wall': return <WallScreen />;
    case 'room': return <RoomScreen key={route.roomId} roomId={route.roomId} atMs={route.atMs} visit={visit} />;
    case 'rooms': return <RegistryScreen />;
    case 'evidence': return <EvidenceScreen packageId={route.packageId} />;
    case 'library': return <LibraryScreen view={route.view} />;
    case 'settings': return <SettingsScreen />;
  }
}
