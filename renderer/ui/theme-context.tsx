import { createContext, useContext } from 'react';
import { themes } from './theme.ts';
import type { ThemeColours, ThemeName } from './theme.ts';

/** The look in force; set by the app shell. */
export const ThemeContext = createContext<ThemeName>('dark');

/** The name and colours of the look in force, for canvases and inline drawings. */
export function useTheme(): { name: ThemeName; colours: ThemeColours } {
  const name = useContext(ThemeContext);
  return { name, colours: themes[name] };
}
