/**
 * What a dictionary of names says about a phrase, from compromise, loaded at first use. Owns: the import and which of
 * its tags matter here. Must not: be given sentences; it costs about 0.3 ms a phrase.
 */

/** What each word of a phrase is known as. */
export interface KnownName {
  isFirstName: boolean;
  isPlace: boolean;
  isOrganization: boolean;
  /** Nationalities, months, weekdays, holidays: capitalised, but no names of a person, organization or place. */
  isOther: boolean;
}

export type LookUpName = (phrase: string) => KnownName;

let loading: Promise<LookUpName> | undefined;

export function loadNameLexicon(): Promise<LookUpName> {
  loading ??= importLexicon();
  return loading;
}

const OTHER_TAGS = ["Demonym", "Month", "WeekDay", "Holiday", "Date", "Currency", "Pronoun", "Honorific"];

async function importLexicon(): Promise<LookUpName> {
  const { default: nlp } = await import("compromise");
  return (phrase) => {
    const json = nlp(phrase).json({ terms: { tags: true } }) as { terms: { tags: string[] }[] }[];
    const terms = json.flatMap((sentence) => sentence.terms.map((term) => term.tags));
    const every = (tag: string): boolean => terms.length > 0 && terms.every((tags) => tags.includes(tag));
    return {
      isFirstName: terms[0]?.includes("FirstName") ?? false,
      isPlace: every("Place"),
      isOrganization: every("Organization"),
      isOther: terms.length > 0 && terms.every((tags) => OTHER_TAGS.some((tag) => tags.includes(tag))),
    };
  };
}
