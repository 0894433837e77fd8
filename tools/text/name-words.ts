/**
 * Words that tell what a name names. Owns: the lists (patterns of naming, never particular people, firms or towns).
 */

function words(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/));
}

/** Stand before a person's name; not part of it. */
export const TITLES = words(`mr mrs ms mx miss dr prof professor president senator sen representative rep congressman
congresswoman mayor councillor councilor captain capt judge justice sir dame lady lord minister chancellor governor gov
director commissioner chairman chairwoman chairperson chair sister brother father mother reverend rev rabbi imam pastor
bishop officer inspector detective sergeant sgt lieutenant lt colonel col general gen major admiral king queen prince
princess ambassador secretary chief speaker engineer nurse coach dean provost headteacher principal deputy vice premier
signor signora signorina señor señora monsieur madame herr frau don doña uncle aunt madam comrade attorney sheriff alderman deacon emperor pope saint treasurer manager curator architect`);

/** Words of roles and forms of address; a name made of nothing else names nobody. */
export const ROLES =
  words(`member members leader leaders minority majority head officer officers executive executives chief
justice justices associate first second third gentleman lady vice acting former interim assistant senior junior lead deputy
founder co-founder cofounder ceo cfo coo cto owner author editor spokesperson spokesman spokeswoman analyst scientist
researcher consultant technician coordinator adviser advisor supervisor trustee trustees chairs staff team dad mom mum mama
papa grandma grandpa sir madam folks american americans prime operations finance marketing financial operating resident`);

/** Close the name of an organization. */
export const ORGANIZATION_TAILS =
  words(`ltd limited inc incorporated llc llp plc corp corporation company co gmbh ag sa srl
bv nv ab oy oyj as asa aps kg kk pty sarl spa se group holdings holding partners partnership cooperative co-operative
co-op coop collective union association society federation confederation league alliance coalition network consortium
committee council commission board bureau agency authority ministry department office service services directorate
inspectorate secretariat cabinet court tribunal parliament senate congress assembly party institute institution foundation
trust fund bank university college academy school polytechnic faculty hospital clinic laboratory laboratories lab labs
museum gallery library archive archives orchestra choir theatre theater club church parish mosque synagogue press times
post herald gazette tribune journal chronicle observer news media broadcasting radio studio studios publishing insurance
airlines airways railways railroad motors industries systems technologies technology software solutions logistics energy
electric pharma pharmaceuticals foods farms brewery bakery shipping shipyard works mills enterprises ventures capital
consulting associates brothers sons police guard army navy force forces brigade corps initiative programme organization
organisation chamber guild treasury registry observatory workshop nursery hotel restaurant team unit taskforce
local conservancy charity hospice utilities utility waterworks telecom mutual cooperatives growers fishers builders
volunteers rangers international worldwide global foundry dairy winery charities aid unions tech oil`);

/** Legal forms, dropped when two names are compared. */
export const LEGAL_FORMS = words(
  "ltd limited inc incorporated llc llp plc corp corporation company co gmbh ag sa srl bv nv ab oy oyj asa aps kg kk pty sarl spa se",
);

/** Open the name of an organization before "of" or "for". */
export const ORGANIZATION_HEADS =
  words(`university college institute school academy faculty department ministry office bureau
board council commission committee chamber court bank house society association federation union league guild friends
centre center museum library foundation fund trust agency authority organization organisation campaign alliance coalition
network hospital church company confederation congress parliament joint international national royal federal`);

/** Close the name of a place. */
export const PLACE_TAILS =
  words(`river lake sea ocean bay gulf strait channel creek falls canyon island islands isle peninsula
cape coast beach mountain mountains mount hill hills valley forest woods desert park gardens garden square street road
avenue lane boulevard drive highway bridge tunnel station airport harbour harbor port quay pier dock docks wharf marina
canal dam reservoir estuary delta city town village county province state district region borough quarter territory
kingdom republic states emirates ward suburb plateau basin ridge peak glacier marsh marshes fen moor heath point head
plaza terrace crescent close campus building tower hall castle palace house lighthouse farm market junction crossing
plant site basin lagoon cove inlet sound reef shore field fields meadow meadows wetland wetlands north south`);

/** Open the name of a place. */
export const PLACE_HEADS = words(
  "port lake mount cape fort san santa saint st sao são los las el new north south east west northern southern eastern western upper lower great mt isle gulf bay rio nova puerto ciudad villa monte",
);

/** Close the name of what is neither: laws, events, works, prizes, documents. */
export const OTHER_TAILS =
  words(`act law bill amendment code treaty agreement accord convention protocol directive regulation
plan strategy agenda policy program programme project scheme report review survey study index standard award prize medal
day week month year eve christmas season festival conference summit war battle revolution crisis pandemic game games cup
championship tour exhibition book edition volume chapter section part appendix annex figure table note phase stage
article clause schedule charter manifesto declaration bulletin newsletter framework grant grants credit tax era age
century address constitution moonshot model system version release level class type question answer step option summary
introduction conclusion background overview findings recommendations budget costs results minutes actions order rule fee
fees prevention hour call shift line`);

/** Capital letters that abbreviate no organization. */
export const OTHER_ACRONYMS =
  words(`CEO CFO COO CTO CIO HR PR PM AM AI IT TV DNA RNA PDF FAQ COVID HIV AIDS SARS USB ID OK BC AD VAT
GPS PHD LGBTQ LGBTQ+ API URL HTML JSON SQL CSV XML HTTP HTTPS SLA KPI ROI EV LED LCD DVD CD PC CPU GPU RAM ROM VR AR II
III IV VI VII VIII IX XI XII GDP GNP CPI USD EUR GBP JPY CHF SEK NOK DKK MP MPS SOS DIY ETA RSVP ASAP TBD TBA NB PS GMT UTC EST PST CET
CO CO2 PH UV FM KM KG MW GW KW MWH KWH GWH SME SMES NGO NGOS IPO R&D Q&A A&E B2B B2C PIN SIM SMS ATM MRI CT ICU GP CV BA MA MSC BSC
MBA CHIPS README TODO NOT AND THE FOR ALL NEW NO YES BUT PART MODEL DRAFT FINAL DATE FROM TO RE ADHD PTSD LNG LPG PVC CCTV HVAC`);

/** Abbreviations of places. */
export const PLACE_ACRONYMS = words("US USA UK UAE U.S U.S.A U.K DC NYC LA USSR DRC PRC EU27 NZ");

/** Verbs that mostly people do. */
export const PERSON_VERBS =
  words(`said says told asked asks explained argued wrote thinks thought believes believed replied added
recalled recalls remembers laughed smiled nodded joked admitted insisted noted suggested warned hopes hoped recalled grew
married retired born died joined resigned lives lived studied teaches taught walked loves`);

/** Verbs that mostly firms do. */
export const ORGANIZATION_VERBS = words(
  "announced acquired acquires launched launches employs manufactures sells sold supplies supplied operates operated bought invested funds funded won signed merged charges charged provides delivers makes built",
);

/** Stand before a place. */
export const PLACE_PREPOSITIONS = words(
  "in near across outside around throughout toward towards into inside via through between beyond past reached left",
);

export const PARTICLES = words(
  "de da do dos del della di du la le van von der den ter ten zu af av bin ibn al el bint y e mac",
);

/** Follow the name of a place in lower case ("the Brent bridge"). */
export const LOWER_CASE_PLACES = words(
  "bridge river lake street road valley island islands bay harbour harbor coast region district city town village county peninsula strait",
);

/** Open the name of a place before "of". */
export const PLACE_OF_HEADS = words(
  "bay gulf isle republic kingdom city town port cape province island islands strait county sea",
);

/** Institutions that are called by one word. */
export const LONE_ORGANIZATIONS = words("congress parliament senate");

/** Parts of the calendar. Names of people among them ("April") need a title or a family name. */
export const CALENDAR = words(
  "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday spring summer autumn fall winter",
);
