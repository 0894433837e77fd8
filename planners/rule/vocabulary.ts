/**
 * English words with a role in goals. Owns: which words carry no wish, which carry little, and which are verbs.
 * Must not: hold a word because some tool uses it.
 */

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** Words without content of their own. */
export const STOP_WORDS = words(`
  a an the this that these those it its itself he she they them him her his their there here who whom whose which what
  when where why how i me my mine we us our ours you your yours one ones some any all both each every other others such
  of in on at to from for with by as into onto about over under between within through during per via than
  and or nor but so if then else also too just only very really quite rather still yet again already even ever
  is are was were be been being am do does did done doing has have had having can could will would shall should may
  might must let lets let's s t d ll re ve m o not no nor never nothing none without
  please kindly thanks thank you hello hi dear ok okay sure maybe perhaps want wants need needs like wish would'd
  i'd i'm i've i'll we'd we've it's that's what's who's don't doesn't didn't isn't aren't wasn't won't can't cannot
  able way bit well good nice etc e.g i.e eg ie first firstly finally lastly next afterwards
`);

/** Words that carry little: verbs and nouns that fit nearly any wish. */
export const WEAK_WORDS = words(`
  list show tell give find get make do provide extract identify name say see know return present produce create write
  output print display describe explain state note mention look check tell draw pull pick take put use using used
  main key major important central most top best short brief briefly quick quickly concise detailed full complete whole
  entire overall general new different various several many few more less kind kinds type types part parts
  thing things point text document documents file files article paper page content contents passage input data
  information info detail details result results answer item items value values word words
  change changes changed changing go goes work works happen happens
`);

/** Words that say nothing about what is wanted: time pressure, courtesy, whom it is for, form of delivery. */
export const FILLER_WORDS = words(`
  asap urgent urgently soon possible quick quickly today tomorrow now boss manager team colleague colleagues client
  customer friend friends audience reader readers board meeting help helpful appreciate great lot time sir madam cheers
  everyone someone somebody anyone task job work instruction request following attached below above enclosed
  careful carefully accurate accurately clear clearly simple simply short brief briefly concise concisely detail detailed
  step steps separate separately heading headings bullet bullets right away
`);

/** Words that ask; in a phrase they count a little. */
export const QUESTION_WORDS = words("who whom whose what which when where why how");

/** Nouns that name what was handed in. */
export const DOCUMENT_NOUNS = words(`
  document documents text texts file files article articles report reports paper papers letter letters email e-mail memo
  minutes transcript contract speech page pages essay book story note notes attachment brochure review reviews
  message post statement address agreement
`);

/** Determiners that point at something given. */
export const POINTING_WORDS = words("this that these those the attached my our your following given enclosed above");

/** Verbs of making: what follows them is a product, not what was handed in. */
export const MAKING_VERBS = words(`
  write compile produce create make draft prepare generate build assemble compose put turn format publish give deliver
`);

/** Verbs that fit any answer; a wish that opens with one is about the rest of its words. */
export const OPEN_VERBS = words(`
  list show tell give find get make provide extract identify name say see know return present produce create write output
  print display describe explain state report mention look check determine discover detect pull pick collect gather
  prepare generate include add note highlight do run perform need want help use draw put turn deliver work figure
`);

/** Verbs that always ask for something of their own. */
export const TASK_VERBS = words(`
  summarise summarize analyse analyze translate send delete remove rewrite rephrase paraphrase proofread correct fix
  schedule cancel compare sort rank filter publish upload download save store execute install encrypt decrypt forward
  reply tweet sing paint design build implement evaluate classify transcribe convert calculate compute predict forecast
  buy pay sell merge archive unsubscribe subscribe invite remind notify redact anonymise anonymize erase destroy wipe
  ship refund reserve rent hire measure simplify shorten expand improve edit illustrate visualise visualize hack drop
  criticise criticize recommend suggest verify prove solve bake cook drive fly clean kick
`);

/** Verbs that are nouns as well; verbs only before a word such as "the", "it" or a number. */
export const NOUN_VERBS = words(`
  email mail book order call post plot chart draw label tag grade rate score play ask code sign search group count split
  share search review quote map table host record move copy tweet text phone contact update answer outline question
`);

/** Languages a goal may ask the answer in, which no planner can promise without a tool for it. */
export const LANGUAGES = words(`
  french german spanish italian portuguese dutch swedish danish norwegian finnish polish russian ukrainian czech greek
  turkish arabic hebrew hindi bengali chinese mandarin japanese korean vietnamese thai indonesian latin welsh irish
`);

/** Nouns that measure something; "100 words" is never a number of anything else. */
export const MEASURES = words(`
  word words character characters letter letters page pages paragraph paragraphs minute minutes hour hours second seconds
  day days week weeks month months year years percent % document documents file files line lines
`);

export const PREPOSITIONS = words("of in on at to from for with by as into about over between within through via");

export const NUMBER_WORDS: ReadonlyMap<string, number> = new Map(
  "zero one two three four five six seven eight nine ten eleven twelve"
    .split(" ")
    .map((word, value): [string, number] => [word, value])
    .concat([
      ["fifteen", 15],
      ["twenty", 20],
      ["thirty", 30],
      ["fifty", 50],
      ["hundred", 100],
    ]),
);
