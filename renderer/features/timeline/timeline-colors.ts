import type { Severity } from '../../../electron/contract/index.ts';
import type { TimelineColors } from './timeline-frame.ts';

const SEVERITIES: readonly Severity[] = ['veto', 'high', 'medium', 'low'];

/** Reads the colours of the present theme from the CSS variables that hold at an element. */
export function readTimelineColors(element: Element): TimelineColors {
  const style = getComputedStyle(element);
  const read = (name: string): string => {
    const value = style.getPropertyValue(name).trim();
    return value === '' ? style.color : value;
  };
  const severity = Object.fromEntries(SEVERITIES.map((each) => [each, read(`--timeline-${each}`)])) as Record<Severity, string>;
  return {
    background: read('--timeline-background'), lane: read('--timeline-lane'), line: read('--timeline-line'), text: read('--timeline-text'),
    weak: read('--timeline-weak'), wave: read('--timeline-wave'), voiced: read('--timeline-voiced'), bar: read('--timeline-bar'),
    barText: read('--timeline-bar-text'), hatch: read('--timeline-hatch'), range: read('--timeline-range'), playhead: read('--timeline-playhead'), severity,
  };
}
