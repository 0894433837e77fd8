/**
 * `node scripts/sample-documents.mjs`: writes samples/harbour-report.pdf, a self-written report of two pages with a table.
 * The same bytes every time. For those who change the sample; not part of the build.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PDFDocument, StandardFonts } from "pdf-lib";

const FILE = join(import.meta.dirname, "..", "samples", "harbour-report.pdf");
const TITLE = "Harbour report 2025";
const LINE = 15;
const COLUMN = 110;

const PAGES = [
  [
    { size: 22, text: [TITLE] },
    { size: 15, text: ["Traffic"] },
    {
      text: [
        "The harbour of Lindholm took 412 ships in 2025, which is 8% more than the year",
        "before. Most of them carried timber and grain; 61 were passenger ships, and for the",
        "first time more than half of those came in winter. The harbour master, Clara Winther,",
        "calls it the best year since the old quay was built.",
      ],
    },
    {
      rows: [
        ["Quarter", "Ships", "Cargo", "Fees"],
        ["First", "88", "1,200 t", "€210,400"],
        ["Second", "104", "1,450 t", "€248,900"],
        ["Third", "121", "1,610 t", "€291,300"],
        ["Fourth", "99", "1,380 t", "€236,100"],
      ],
    },
  ],
  [
    { size: 15, text: ["The new quay"] },
    {
      text: [
        "On 3 March 2025 the council of Lindholm approved a new quay for the larger timber ships.",
        "It costs €1,250,000 and must be ready by 30 June 2026. The work goes to Nordkai, a com-",
        "pany from Kolding that repaired the breakwater after the storm of January 2024.",
      ],
    },
    { size: 15, text: ["What worries us"] },
    {
      text: [
        "The channel is silting up. Two ships touched ground in October, and the pilots refuse",
        "to go in at low water. Dredging would cost €480,000, for which there is no money yet.",
      ],
    },
    {
      text: ["Questions: clara.winther@lindholm.example, +45 32 10 55 77, https://lindholm.example/quay"],
    },
  ],
];

const pdf = await PDFDocument.create();
const font = await pdf.embedFont(StandardFonts.Helvetica);
for (const parts of PAGES) {
  const page = pdf.addPage([595, 842]);
  let y = 790;
  for (const { text = [], rows = [], size = 11 } of parts) {
    y -= size;
    for (const line of text) {
      page.drawText(line, { x: 60, y, size, font });
      y -= LINE;
    }
    for (const row of rows) {
      for (const [place, cell] of row.entries()) page.drawText(cell, { x: 60 + place * COLUMN, y, size, font });
      y -= LINE + 2;
    }
    y -= LINE;
  }
}
pdf.setTitle(TITLE);
pdf.setCreationDate(new Date("2026-01-10T09:00:00Z"));
pdf.setModificationDate(new Date("2026-01-10T09:00:00Z"));
writeFileSync(FILE, await pdf.save());
