import type { ReactElement } from 'react';
import type { Category, Severity } from '../../electron/contract/index.ts';
import { categoryText, severityText } from './common-text.ts';
import { useText } from './i18n.ts';
import { categoryGlyphs, severityShapes } from './theme.ts';

/** A severity as shape and colour; its name is in the title. */
export function SeverityMark({ severity, size = 12 }: { severity: Severity; size?: number }): ReactElement {
  const t = useText(severityText);
  return (
    <svg className={`severity-mark severity-${severity}`} width={size} height={size} viewBox="-0.5 -0.5 13 13" role="img" aria-label={t(severity)}>
      <title>{t(severity)}</title>
      <polygon points={severityShapes[severity].map((point) => point.join(',')).join(' ')} fill="currentColor" />
    </svg>
  );
}

/** A category as its one character in a hairline box, with its name in the title. */
export function CategoryMark({ category }: { category: Category }): ReactElement {
  const t = useText(categoryText);
  return <span className="category-mark" title={t(category)}>{categoryGlyphs[category]}</span>;
}
