/** English words that carry no topic. Owns: the list. */

const WORDS = `a about above across after again against ago all almost along already also although always am among an and
another any anyone anything are around as aside at away back be became because become been before behind being below
between beyond both but by came can cannot come could did do does doing done down during each either else enough etc
even ever every everyone everything far few first for former from further get gets getting give given go goes going got
had has have having he hence her here hers herself him himself his how however i if in indeed instead into is it its
itself just keep kept know known largely last later least less let like likely made mainly make makes making many may
maybe me mean might mine more moreover most mostly much must my myself near nearly need neither never nevertheless next
no nobody none nor not nothing now of off often on once one only onto or other others otherwise our ours ourselves out
over own per perhaps please put quite rather really regarding said same saw say says see seem seemed seems seen several
shall she should since so some someone something sometimes soon still such take taken than that the their theirs them
themselves then there therefore these they thing things this those though through thus till to today together told too
toward towards two under unless until up upon us use used using usually very via want was way we well went were what
whatever when where whether which while who whoever whole whom whose why will with within without would yes yet you your
yours yourself yourselves i'm i've i'll i'd it's that's don't doesn't didn't can't won't isn't aren't wasn't weren't we're
we've we'll you're they're they've he's she's there's let's couldn't wouldn't shouldn't hasn't haven't hadn't what's who's`;

export const STOP_WORDS: ReadonlySet<string> = new Set(WORDS.split(/\s+/));

export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word.replaceAll("’", "'"));
}
