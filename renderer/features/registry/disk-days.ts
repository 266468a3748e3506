/** Says how many days a disk holds of one room at its rate, whole from ten on, else with one decimal; null where either is not known. */
export function planDays(freeBytes: number | null, gbPerDay: number | null): string | null {
  if (freeBytes === null || gbPerDay === null || gbPerDay <= 0) return null;
  const days = freeBytes / 1e9 / gbPerDay;
  return days >= 10 ? String(Math.floor(days)) : days.toFixed(1);
}
