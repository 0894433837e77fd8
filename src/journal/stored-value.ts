/** How the journal holds values that may be large. Owns: the shape. */
import { z } from "zod";

/** A value inside the journal: inline, or by reference to a content-addressed blob of its canonical JSON. */
export const storedValueSchema = z.union([
  z.strictObject({ value: z.json() }),
  z.strictObject({ blob: z.string(), bytes: z.int() }),
]);
export type StoredValue = z.infer<typeof storedValueSchema>;
