import { Button } from 'antd';
import { useEffect } from 'react';
import type { ReactElement } from 'react';
import { hideNotice, useNotices } from '../state/notices-store.ts';
import type { Notice } from '../state/notices-store.ts';
import { commonText } from '../ui/common-text.ts';
import { FaultText } from '../ui/fault-text.tsx';
import { useText } from '../ui/i18n.ts';

const infoShownMs = 8000;
const faultShownMs = 20_000;

/** Notices as quiet lines in the lower corner; they leave by themselves. */
export function NoticeLine(): ReactElement {
  const notices = useNotices((s) => s.notices);
  const shownIds = useNotices((s) => s.shownIds);
  return <div className="notices" aria-live="polite">{notices.filter((n) => shownIds.includes(n.id)).map((n) => <NoticeItem key={n.id} notice={n} />)}</div>;
}

function NoticeItem({ notice }: { notice: Notice }): ReactElement {
  const c = useText(commonText);
  useEffect(() => {
    const timer = setTimeout(() => hideNotice(notice.id), notice.fault ? faultShownMs : infoShownMs);
    return () => clearTimeout(timer);
  }, [notice.id, notice.fault]);
  return (
    <div className={`notice notice-${notice.level}`} data-testid="notice">
      {notice.fault ? <FaultText fault={notice.fault} /> : <p>{notice.say}</p>}
      <div className="notice-acts">
        {notice.act ? <Button size="small" onClick={() => { notice.act?.run(); hideNotice(notice.id); }}>{notice.act.label}</Button> : null}
        <Button size="small" type="text" onClick={() => hideNotice(notice.id)}>{c('close')}</Button>
      </div>
    </div>
  );
}
