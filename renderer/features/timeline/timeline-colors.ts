import type { ThemeColours } from '../../ui/theme.ts';
import type { TimelineColors } from './timeline-frame.ts';

/** Derives the timeline's colours from a look of the window. */
export function makeTimelineColors(look: ThemeColours): TimelineColors {
  return {
    background: look.panel, lane: look.page, line: look.line, text: look.text, weak: look.textFaint, wave: look.wave,
    voiced: look.hover, bar: look.speech, barText: look.text, hatch: look.gap, range: `${look.textSoft}38`, playhead: look.text,
    severity: { veto: look.veto, high: look.high, medium: look.medium, low: look.low },
  };
}
