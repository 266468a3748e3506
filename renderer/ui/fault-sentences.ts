import type { FaultCode } from '../../electron/contract/index.ts';
import type { Language } from './i18n.ts';

/** What happened, what was kept, what to do. */
export type FaultSentences = { what: string; kept: string; todo: string };

type Triple = readonly [what: string, kept: string, todo: string];

const recorded = '此前已存的录像完好。';
const recordedEn = 'Everything recorded before is intact.';
const nothingLost = '未影响任何录像。';
const nothingLostEn = 'No recording is affected.';

const zh: Record<FaultCode, Triple> = {
  'bad-request': ['请求内容不符合要求。', nothingLost, '检查填写的内容后重试。'],
  'not-found': ['所查对象不存在，可能已被移除。', nothingLost, '刷新列表后再试。'],
  unauthorized: ['本窗口的凭据无效。', nothingLost, '关闭窗口，重新启动程序。'],
  conflict: ['与现有内容冲突。', '现有内容未改动。', '刷新后再试。'],
  cancelled: ['操作已取消。', nothingLost, '需要时可重新执行。'],
  internal: ['程序内部出错。', '已存的录像与线索完好。', '重试；若再次出现，请将详情交给维护人员。'],
  'url-invalid': ['地址格式不正确。', nothingLost, '填写以 http:// 或 https:// 开头的直播流地址。'],
  'dns-failed': ['找不到该地址的主机。', recorded, '检查域名是否写对、网络与 DNS 是否可用；系统会继续重试。'],
  'connect-failed': ['无法建立连接。', recorded, '检查网络、代理与防火墙；系统会继续重试。'],
  'tls-failed': ['加密连接失败，证书不被信任或已过期。', recorded, '核对本机时间与证书；确认对方站点无误后再试。'],
  'timed-out': ['对方在限定时间内没有应答。', recorded, '检查网络是否拥塞；系统会继续重试。'],
  'http-status': ['服务器拒绝了请求。', recorded, '确认直播间仍在开播、地址仍有效。'],
  'redirect-refused': ['地址跳转到了不允许的去处。', recorded, '核对地址来源，填写最终的直播流地址。'],
  'address-expired': ['拉流地址已过期。', recorded, '重新获取直播地址，在“房间”中更新。'],
  'playlist-invalid': ['播放列表内容无法识别。', recorded, '确认该地址是 HLS（.m3u8）直播流。'],
  'playlist-html': ['该地址返回的是网页，不是直播流。', recorded, '填写 .m3u8 直播流地址，而非网页地址；也可能需要先登录该平台。'],
  'playlist-too-large': ['播放列表过大，已停止读取。', recorded, '核对地址来源是否可信。'],
  'playlist-empty': ['播放列表中没有内容。', recorded, '可能尚未开播；系统会继续等待。'],
  'playlist-ended': ['直播已结束。', '本场录像已完整收尾。', '再次开播后会自动续录。'],
  'source-unsupported': ['不支持这种信号来源。', nothingLost, '改用 HLS（.m3u8）地址。'],
  'segment-truncated': ['一段画面未收全。', '已收到的完整片段均已保存，缺口已记录。', '无须处理；若频繁出现，请检查网络。'],
  'segment-too-large': ['一段画面超过大小上限，未予接收。', '其余片段已保存，缺口已记录。', '核对信号来源。'],
  'segment-lost': ['一段画面在取得之前已从服务器消失。', '缺口已记录，其前后片段完好。', '若频繁出现，请检查网络带宽。'],
  'segment-undecodable': ['一段画面无法解码。', '原始字节已照收照存。', '无须处理；该段不产生线索。'],
  'encoder-restarted': ['主播端重新推流。', '前后两段均已保存，间断已记录。', '无须处理。'],
  'recorder-restarted': ['录制进程曾中断并已恢复。', '完整片段无一丢失，间断已记录。', '若反复出现，请到“设置”查看原因。'],
  'disk-full': ['磁盘已满，录制暂停。', '已存的录像完好。', '清理磁盘或扩容；空间恢复后自动续录。'],
  'disk-read-only': ['磁盘变为只读，录制暂停。', '已存的录像完好。', '检查磁盘与挂载方式；恢复可写后自动续录。'],
  'disk-gone': ['录像磁盘不可用，录制暂停。', '磁盘上的录像未被改动。', '重新接入磁盘；恢复后自动续录。'],
  'disk-error': ['读写磁盘出错。', '此前写完的片段完好。', '检查磁盘健康状况，尽快备份。'],
  'database-unreadable': ['数据库无法读取。', '录像文件仍在磁盘上，可据以重建。', '不要删除数据目录；请联系维护人员。'],
  'child-crashed': ['一个后台进程异常退出，已自动重启。', '录像不受影响，未完成的分析会补做。', '若反复出现，请到“设置”查看原因。'],
  'clock-stepped': ['本机时间发生跳变，已记录在案。', '录像完好，时间对照表已更新。', '核对本机授时。'],
  'model-missing': ['所需模型未安装。', '录像照常进行，装好后可补做分析。', '到“设置”查看安装方法。'],
  'model-invalid': ['模型文件损坏或校验不符，未予加载。', '录像照常进行。', '重新导入该模型。'],
  'range-empty': ['所选时段内没有录像。', nothingLost, '重新选择有录像的时段。'],
  'package-unreadable': ['证据包无法读取。', '原文件未改动。', '确认文件完整、格式为 .zip。'],
  'package-hostile': ['证据包内含危险路径或异常内容，已拒绝打开。', '本机文件未受影响。', '核对证据包来源。'],
  'package-altered': ['证据包内容与其清单不一致。', '原文件未改动。', '不得作为证据使用；请从原始来源重新取得。'],
  'library-altered': ['录像文件与当初记录的校验值不一致。', '不一致的文件已标明，其余完好。', '保留现场并上报。'],
};

const en: Record<FaultCode, Triple> = {
  'bad-request': ['The request was not acceptable.', nothingLostEn, 'Check what was entered and try again.'],
  'not-found': ['It does not exist; it may have been removed.', nothingLostEn, 'Refresh the list and try again.'],
  unauthorized: ['This window has no valid access.', nothingLostEn, 'Close the window and start the program again.'],
  conflict: ['It conflicts with what is there.', 'What is there was not changed.', 'Refresh and try again.'],
  cancelled: ['The operation was cancelled.', nothingLostEn, 'Run it again when needed.'],
  internal: ['The program met an error of its own.', 'Recordings and leads are intact.', 'Try again; if it returns, give the details to maintenance.'],
  'url-invalid': ['The address is not well formed.', nothingLostEn, 'Enter a stream address that begins with http:// or https://.'],
  'dns-failed': ['No host was found for the address.', recordedEn, 'Check the name, the network and DNS; retries go on.'],
  'connect-failed': ['No connection could be made.', recordedEn, 'Check network, proxy and firewall; retries go on.'],
  'tls-failed': ['The secure connection failed: certificate not trusted or expired.', recordedEn, 'Check this machine’s clock and the certificate.'],
  'timed-out': ['There was no answer in time.', recordedEn, 'Check for congestion; retries go on.'],
  'http-status': ['The server refused the request.', recordedEn, 'Make sure the room is on air and the address still valid.'],
  'redirect-refused': ['The address leads to a place that is not allowed.', recordedEn, 'Check where the address came from; enter the final one.'],
  'address-expired': ['The stream address has expired.', recordedEn, 'Get a new address and update it under Rooms.'],
  'playlist-invalid': ['The playlist cannot be understood.', recordedEn, 'Make sure the address is an HLS (.m3u8) stream.'],
  'playlist-html': ['The address returns a web page, not a stream.', recordedEn, 'Enter the .m3u8 address instead of the page; the platform may want a login.'],
  'playlist-too-large': ['The playlist is too large; reading stopped.', recordedEn, 'Check that the source can be trusted.'],
  'playlist-empty': ['The playlist has no entries.', recordedEn, 'The room may not be on air yet; waiting goes on.'],
  'playlist-ended': ['The broadcast has ended.', 'The session was closed properly.', 'Recording resumes with the next broadcast.'],
  'source-unsupported': ['This kind of source is not supported.', nothingLostEn, 'Use an HLS (.m3u8) address.'],
  'segment-truncated': ['A segment arrived incomplete.', 'Complete segments are stored and the gap is noted.', 'Nothing to do; check the network if it is frequent.'],
  'segment-too-large': ['A segment exceeded the size limit and was not taken.', 'The others are stored and the gap is noted.', 'Check the source.'],
  'segment-lost': ['A segment was gone from the server before it was fetched.', 'The gap is noted; its neighbours are intact.', 'Check the bandwidth if it is frequent.'],
  'segment-undecodable': ['A segment cannot be decoded.', 'Its bytes are stored as received.', 'Nothing to do; it yields no leads.'],
  'encoder-restarted': ['The broadcaster’s encoder restarted.', 'Both parts are stored and the break is noted.', 'Nothing to do.'],
  'recorder-restarted': ['The recorder stopped and has resumed.', 'No complete segment was lost; the break is noted.', 'If it repeats, see the reason under Settings.'],
  'disk-full': ['The disk is full; recording is paused.', recordedEn, 'Free or add space; recording resumes by itself.'],
  'disk-read-only': ['The disk became read-only; recording is paused.', recordedEn, 'Check disk and mount; recording resumes by itself.'],
  'disk-gone': ['The recording disk is not available; recording is paused.', 'What is on it was not changed.', 'Connect the disk again; recording resumes by itself.'],
  'disk-error': ['Reading or writing the disk failed.', 'Segments finished before are intact.', 'Check the disk’s health and back up soon.'],
  'database-unreadable': ['The database cannot be read.', 'The recordings are still on disk and it can be rebuilt from them.', 'Do not delete the data folder; call maintenance.'],
  'child-crashed': ['A background process died and was restarted.', 'Recordings are not affected; unfinished analysis will be done.', 'If it repeats, see the reason under Settings.'],
  'clock-stepped': ['This machine’s clock jumped; it is on record.', 'Recordings are intact and the time table is updated.', 'Check the time source.'],
  'model-missing': ['A model that is needed is not installed.', 'Recording goes on; analysis can follow once it is installed.', 'See Settings for how to install it.'],
  'model-invalid': ['A model file is damaged or does not match its hash; it was not loaded.', 'Recording goes on.', 'Import the model again.'],
  'range-empty': ['Nothing was recorded in this range.', nothingLostEn, 'Choose a range that has footage.'],
  'package-unreadable': ['The package cannot be read.', 'The file was not changed.', 'Make sure it is complete and a .zip.'],
  'package-hostile': ['The package holds dangerous paths or content and was refused.', 'Files on this machine were not touched.', 'Check where the package came from.'],
  'package-altered': ['The package does not match its manifest.', 'The file was not changed.', 'Not usable as evidence; obtain it again from its source.'],
  'library-altered': ['Recorded files no longer match their hashes.', 'Those that differ are named; the rest is intact.', 'Leave everything as it is and report it.'],
};

/** The three sentences of a fault code in a language. */
export function describeFault(code: FaultCode, language: Language): FaultSentences {
  const [what, kept, todo] = (language === 'zh' ? zh : en)[code];
  return { what, kept, todo };
}
