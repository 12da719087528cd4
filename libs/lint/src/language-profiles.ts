/** Words that are frequent in one language and rare in its neighbours. Not for grammar: for telling languages apart. */
export const STOP_WORDS: Readonly<Record<string, ReadonlySet<string>>> = Object.fromEntries(
  Object.entries({
    en: 'the and of to in is that for it with as are on be this by from at or which have has not they their when who what can will must each every if an we you an a its while one only after before than then',
    de: 'der die das und ist von zu mit den ein eine einen einem einer auf für nicht sich des dem im als auch es an werden wird aus bei oder wenn nach sie er wir kann sind haben ohne über zum zur durch noch nur jede jeder wie',
    fr: 'le la les des et est une un du dans que qui pour sur pas avec ce il elle sont par plus au aux ne se ou leur leurs cette ces être chaque sans nous vous peut doit ont été dont en où lorsque quand',
    es: 'el la los las de que y en un una es por con para del se no su sus lo como más al o pero son este esta cada sin cuando puede debe tienen sobre entre desde hasta también ya hay ser',
    it: 'il lo la gli le di che e è un una per con non del della dei delle nel nella sono come più si da al alla ogni senza quando può deve questo questa anche ma se chi dal tra essere hanno',
    pt: 'o os as de que e é um uma para com não do da dos das no na nos nas por mais como se ao à cada sem quando pode deve são este esta também ou mas seu sua entre até já foi ser têm em',
    nl: 'de het een en van is dat in op te zijn met voor niet die aan er om ook als bij maar door naar wordt worden kan elke zonder wanneer heeft hebben ze hun uit over dan nog wel moet deze dit of',
    pl: 'i w na z do się nie jest to że o jak po co za od dla przez są oraz lub który która które każdy każda bez gdy może musi ich jego jej tylko także ale przy przed być tym tego',
    sv: 'och att det i en som är på för med av den till inte har de ett om kan eller från utan när varje måste ska vid var så men också efter blir under sina sin deras än nu där',
    cs: 'a v na se je že s z do o k i jako pro by to ale jsou nebo který která které každý bez když může musí jeho její jen také při před být této tohoto po od za už než',
    tr: 've bir bu için ile de da olarak olan daha çok en her gibi kadar sonra ama veya değil ne olur kullanıcı olduğu göre ise ya ki var yok tarafından hem şu bunu',
  }).map(([language, words]) => [language, new Set(words.split(' '))]),
);

/** Languages that share so many words that a text of one is never called the other. */
export const CLOSE: readonly (readonly string[])[] = [
  ['es', 'pt', 'it'],
  ['de', 'nl'],
  ['uk', 'ru'],
];
