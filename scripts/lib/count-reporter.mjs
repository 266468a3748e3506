/** node:test reporter that yields one JSON line of counts at the end; suites and files are not counted, their tests are. */
export default async function* countTests(source) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const isSuite = data.details?.type === 'suite';
    // A file that dies before its first test is reported as a failed test of the file's own name.
    if (isSuite && type === 'test:pass') continue;
    if (isSuite && data.details?.error?.failureType === 'subtestsFailed') continue;
    if (data.details?.error?.failureType === 'subtestsFailed') continue;
    if (data.skip !== undefined || data.todo !== undefined) counts.skipped += 1;
    else if (type === 'test:pass') counts.passed += 1;
    else counts.failed += 1;
  }
  yield `${JSON.stringify(counts)}\n`;
}
