/**
 * Exact decimal arithmetic on the numbers that JSON shows: 0.1 + 0.2 is 0.3.
 * Owns: the form and its operations. Must not: know operations of the tool.
 */

/** `units / 10 ** scale`; scale is negative only where digits were cut off. */
export interface Decimal {
  units: bigint;
  scale: number;
}

/** Digits kept by a division: more than a JSON number can hold (17). */
const DIVISION_DIGITS = 30;
const ENOUGH = 10n ** BigInt(DIVISION_DIGITS + 1);

/**
 * Products and quotients of more digits lose their last ones: of exact ones each factor would make all later steps
 * slower. At least 500 digits stay, and a JSON number holds 17.
 */
const MOST_UNITS = 10n ** 1000n;
const CUT_DIGITS = 500;
const CUT = 10n ** BigInt(CUT_DIGITS);

/** The decimal that a finite number is written as, which is the shortest that reads back as the same number. */
export function fromNumber(number: number): Decimal {
  const [mantissa = "0", exponent = "0"] = String(number).split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  const scale = fraction.length - Number(exponent);
  const units = BigInt(whole + fraction);
  return scale < 0 ? { units: units * 10n ** BigInt(-scale), scale: 0 } : { units, scale };
}

/** The nearest number; infinite where none is near. */
export function toNumber({ units, scale }: Decimal): number {
  return Number(`${units}e${-scale}`);
}

export function add(left: Decimal, right: Decimal): Decimal {
  const scale = Math.max(left.scale, right.scale);
  return { units: unitsAt(left, scale) + unitsAt(right, scale), scale };
}

export function subtract(left: Decimal, right: Decimal): Decimal {
  return add(left, { units: -right.units, scale: right.scale });
}

export function multiply(left: Decimal, right: Decimal): Decimal {
  return cut({ units: left.units * right.units, scale: left.scale + right.scale });
}

/** Cut off after 30 significant digits. `right` must not be zero. */
export function divide(left: Decimal, right: Decimal): Decimal {
  const isLong = sizeOf(left.units) > sizeOf(right.units) * ENOUGH; // Counting the digits of long ones takes its time.
  const missing = isLong ? 0 : DIVISION_DIGITS + digitsOf(right.units) - digitsOf(left.units);
  const shift = Math.max(0, missing);
  return cut({ units: (left.units * 10n ** BigInt(right.scale + shift)) / right.units, scale: left.scale + shift });
}

/** Rounds to `digits` decimal places, half away from zero: 1.005 to two places is 1.01. */
export function round(decimal: Decimal, digits: number): Decimal {
  if (decimal.scale <= digits) return decimal;
  if (decimal.scale - digits > digitsOf(decimal.units)) return { units: 0n, scale: digits };
  const step = 10n ** BigInt(decimal.scale - digits);
  const rest = decimal.units % step;
  const away = rest * 2n >= step ? 1n : rest * 2n <= -step ? -1n : 0n;
  return { units: decimal.units / step + away, scale: digits };
}

function cut({ units, scale }: Decimal): Decimal {
  return sizeOf(units) > MOST_UNITS ? { units: units / CUT, scale: scale - CUT_DIGITS } : { units, scale };
}

function unitsAt({ units, scale }: Decimal, wanted: number): bigint {
  return units * 10n ** BigInt(wanted - scale);
}

function sizeOf(units: bigint): bigint {
  return units < 0n ? -units : units;
}

function digitsOf(units: bigint): number {
  return units.toString().length;
}
