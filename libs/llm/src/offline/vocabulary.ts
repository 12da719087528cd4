/** English words that carry no subject of their own. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'about above across after again against all almost alone along already also although always among and another any anyone anything app ' +
    'application are around as at back be because become been before being below better between both build but by can cannot come ' +
    'could create day did different do does doing done down each easy either else enough etc even ever every everyone everything ' +
    'few find first for from full further get give go good had has have having he help helps her here him his how however i if in ' +
    'instead into is it its itself just keep kind know less let lets like little look lot made make makes making many may me might ' +
    'more most much must my need needs never new next no not nothing now of off often on once one only or other others our out over ' +
    'own people per place platform please product project put rather really same see several shall she should show simple since ' +
    'small so some someone something soon still such system take than that the their them then there these they thing things think ' +
    'this those through time to together too tool two under until up us use used user users uses using very via want wants was way we ' +
    'web website well were what when where whether which while who whole whom whose why will with within without work works would ' +
    'write yes yet you your yours allow allows enable enables'
  ).split(' '),
);

/** Nouns for people. What stands in an idea decides who its users are. */
export const PEOPLE: ReadonlySet<string> = new Set(
  (
    'admins administrators agents analysts applicants artists athletes authors bakers bakeries beginners bloggers builders businesses ' +
    'buyers candidates caregivers carers chefs children citizens clients clinicians coaches colleagues commuters companies consumers ' +
    'contractors cooks couples creators customers cyclists dentists designers developers dispatchers doctors donors drivers editors ' +
    'employees employers engineers families farmers farms founders freelancers friends gamers gardeners grandparents groups guests ' +
    'guides gyms hikers hobbyists hosts hotels households instructors inspectors investors journalists kids landlords lawyers leaders ' +
    'learners librarians libraries makers managers mechanics members mentors merchants mothers musicians neighbors neighbours newcomers ' +
    'nurses nutritionists operators organisers organizers owners parents partners passengers patients pharmacies pharmacists ' +
    'photographers physicians pilots planners players plumbers professionals programmers publishers pupils readers recruiters ' +
    'refugees renters repairers researchers residents restaurants retailers riders roommates runners scientists schools sellers ' +
    'seniors shoppers shops singers staff startups streamers students subscribers suppliers teachers teams technicians teenagers ' +
    'tenants therapists tourists trainers translators travellers travelers tutors vendors vets viewers visitors volunteers voters ' +
    'waiters walkers women men workers writers youth'
  ).split(' '),
);

/** Verbs, in their base form, that say what a product or its people do. */
export const VERBS: ReadonlySet<string> = new Set(
  (
    'accept access add adjust agree alert analyse analyze answer apply approve archive arrange ask assign attach avoid back borrow ' +
    'book bring browse build buy calculate call cancel capture catch change chat check choose claim clean collect comment compare ' +
    'compile complete configure confirm connect convert cook coordinate copy correct count cover create customise customize cut debug define ' +
    'delete deliver deploy design detect diagnose discover discuss display donate download draft draw edit embed enter estimate ' +
    'exchange explain explore export extract fill filter find finish fix flag follow forecast format generate get give group guess ' +
    'hand handle hear hide highlight hire identify import improve inform inspect install invite join keep know label launch learn lend ' +
    'listen list load lock log look make manage map mark match measure meet merge migrate monitor move navigate notify offer open ' +
    'order organise organize pair pay pick plan play post practice practise predict prepare preview prevent print prioritise prioritize ' +
    'process propose protect provide publish pull push put rank rate read receive recognise recognize recommend record recover refuse ' +
    'redeem reduce refund register release remember remind remove rename rent repair replace reply report request reschedule ' +
    'reserve resolve respond restore return review ring run save scan schedule score scrape search see select sell send serve set ' +
    'settle share ship show sign simulate skip sort speak split spot stand start stay stop store stream submit subscribe suggest summarise summarize ' +
    'swap switch sync take talk tag teach tell test track trade train translate transfer turn understand undo unlock update upload use ' +
    'verify view visit visualise visualize volunteer vote wait warn watch work write'
  ).split(' '),
);

/** Words that stand before a noun. */
export const DETERMINERS: ReadonlySet<string> = new Set(
  'a an the their its his her our your my each every per of'.split(' '),
);

/** Words that end a noun phrase without belonging to it. */
export const ADVERBS: ReadonlySet<string> = new Set(
  (
    'nearby together online offline today tomorrow tonight yesterday easily quickly automatically directly daily weekly monthly ' +
    'again instead twice later earlier fast free-of-charge abroad outside inside available via during within between than then ' +
    'already currently usually sometimes often per dont cannot'
  ).split(' '),
);

/** What a deed leaves behind: the word for a product's name, and whether it is a thing with a state of its own. */
export const DEED_NOUNS: ReadonlyMap<string, { name: string; entity: boolean }> = new Map(
  (
    'book:booking reserve:reservation hand:handover order:order borrow:loan lend:loan rent:rental pay:payment remind:reminder ' +
    'review:review rate:rating invite:invitation request:request swap:swap deliver:delivery donate:donation subscribe:subscription ' +
    'register:registration report:report vote:vote apply:application schedule:appointment comment:comment repair:repair ' +
    'share:sharing- track:tracking- plan:planning- compare:comparison- exchange:exchange- learn:learning- monitor:monitoring-'
  )
    .split(' ')
    .map((entry) => {
      const [verb = '', name = ''] = entry.split(':');
      return [verb, { name: name.replace('-', ''), entity: !name.endsWith('-') }] as const;
    }),
);

/** Nouns for people in other languages, in the words of this one, which the placeholder is written in. */
export const FOREIGN_PEOPLE: ReadonlyMap<string, string> = new Map(
  (
    'nachbarn:neighbours nachbarinnen:neighbours spieler:players nutzer:users kunden:customers schüler:students lehrer:teachers ' +
    'eltern:parents kinder:children freunde:friends pflegekräfte:carers patienten:patients ärzte:doctors mitglieder:members ' +
    'gäste:guests mitarbeiter:employees läufer:runners studierende:students voisins:neighbours joueurs:players clients:customers ' +
    'élèves:pupils parents:parents amis:friends vecinos:neighbours jugadores:players clientes:customers alumnos:pupils amigos:friends ' +
    '友達:friends 看護師:nurses 患者:patients 学生:students 選手:players 隣人:neighbours 会員:members 先生:teachers 親:parents'
  )
    .split(' ')
    .map((entry) => entry.split(':') as [string, string]),
);
