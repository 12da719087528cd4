/** An idea as somebody brings it. */
export interface Idea {
  name: string;
  idea: string;
  constraints?: string;
}

const CLINIC = [
  'A small veterinary clinic keeps its patients on paper cards.',
  'Owners call three times to move one appointment, and nobody sees which room is free.',
  'Vets want to find the last blood values of an animal while they hold it.',
  'The front desk prints labels for samples and sticks them on by hand.',
  'Vaccinations that are due are found when the owner happens to ask.',
  'Invoices are typed again from the card at the end of the day, and one in ten forgets a syringe.',
  'Two vets share one farm round a week, where there is no network for hours.',
  'The laboratory sends results by fax and, since last year, as a PDF that nobody files.',
];

/** The same complaints from one room after another, until there are ten thousand characters of them. */
function tenThousand(): string {
  const rooms = ['reception', 'surgery', 'laboratory', 'stable', 'pharmacy', 'office', 'kennel', 'waiting room'];
  let text = '';
  for (let i = 0; text.length < 10_000; i++) {
    const room = rooms[i % rooms.length] ?? 'room';
    text += `${i + 1}. Seen from the ${room}, on day ${i + 3}: ${CLINIC[(i * 3) % CLINIC.length]} It took ${(i * 7) % 50} minutes.\n`;
  }
  return text.slice(0, 10_000);
}

/** From a word or two to ten thousand characters, with and without constraints, in nine languages. */
export const IDEAS: readonly Idea[] = [
  { name: 'Courts', idea: 'Find a free tennis court nearby.' },
  {
    name: 'Werkzeugverleih',
    idea: 'Nachbarn leihen sich Bohrmaschinen, Leitern und Zelte aus einem Schrank in der Waschküche. Sie reservieren ein Werkzeug auf dem Telefon, öffnen den Schrank mit einem Code und bringen es innerhalb von drei Tagen zurück. Wer zu spät kommt, wird freundlich erinnert.',
    constraints: 'Läuft ohne kostenpflichtigen Dienst. Zwei Freiwillige haben vier Stunden in der Woche.',
  },
  { name: 'Clinic', idea: tenThousand(), constraints: 'Works offline for four hours. Data stays in the country.' },
  {
    name: 'Bread',
    idea: 'We want to build a marketplace for small bakeries so that customers can order bread the evening before and pick it up without waiting. Bakers see by nine at night how much to bake. Students get a discount.',
  },
  {
    name: '写真整理',
    idea: '家族の写真を人ごとに整理して、遠くに住む祖父母と共有できるアプリを作りたい。写真は自宅のサーバーに保存し、月に一度、思い出の小さなアルバムを自動で作って印刷所に送ります。操作は三つのボタンだけにします。',
    constraints: '写真を外部のサービスに送らないこと。',
  },
  {
    name: 'Stock keeping',
    idea: 'Stock keeping for a theatre workshop\n\n- track every prop by shelf and box\n- print labels with a code\n- lend props to schools and remind them\n- count the whole store once a year with two phones\n- show what was thrown away and why',
    constraints:
      'One server; 500 EUR a month.\nGDPR.\nThe stock of 2019 comes as a spreadsheet with 14,000 lines and has to be taken over.',
  },
  {
    name: 'Covoiturage',
    idea: 'Une application de covoiturage pour les élèves d’un lycée rural : les parents proposent des places le matin et le soir, les élèves réservent jusqu’à la veille, et l’établissement voit qui arrive en retard et pourquoi. Les trajets réguliers se renouvellent chaque semaine sans rien faire.',
  },
  {
    name: 'Reviews',
    idea: 'A command line tool that reads pull requests of a repository and tells maintainers which of them are stuck, on whom they wait, and what would unblock them. It posts one comment a week at most.',
    constraints: 'Go. No database. Must run in CI within a minute.',
  },
  {
    name: 'Расписание',
    idea: 'Приложение для музыкальной школы: родители записывают детей на уроки, преподаватели видят своё расписание и переносят занятия, а администратор следит за оплатой и свободными классами. Напоминания приходят за день до урока.',
  },
  {
    name: 'Huerto',
    idea: 'Una web para un huerto comunitario donde los vecinos reservan parcelas, apuntan lo que siembran y se reparten los turnos de riego. Cuando alguien no puede regar, otro vecino recibe un aviso y gana puntos que luego cambia por semillas.',
    constraints: 'Debe funcionar en teléfonos de hace ocho años.',
  },
  {
    name: 'Night shifts',
    idea: 'Nurses on a ward of forty beds swap night shifts in a chat, and the rota is wrong by Wednesday. Let them offer and take shifts under the rules of the hospital: rest of eleven hours, no more than five nights in a row, one senior nurse each night. The head of the ward approves exceptions with one tap, and the payroll gets a file on the first of the month. Sick calls before six open the shift to everybody who may take it, in the order of who has worked least.',
    constraints:
      'Works council has to agree: no ranking of people is shown. Single sign-on of the hospital. German law on working hours.',
  },
  {
    name: 'Filmabend',
    idea: 'Freunde stimmen über den Film des Abends ab, ohne dass jemand überstimmt wird, der ihn schon gesehen hat.',
  },
  {
    name: 'Energia',
    idea: 'Um painel para condomínios que mostra o consumo de energia de cada andar, compara com o mês anterior e sugere quando ligar as bombas de água. O síndico recebe um resumo por semana e os moradores votam em medidas de economia.',
  },
  {
    name: 'Seed bank',
    idea: 'A seed bank lends heirloom seeds to gardeners, who return twice as many after the harvest. Track lots, germination tests, who grows what where, and warn when a variety is kept by fewer than three gardeners.',
  },
  {
    name: '会议室',
    idea: '为一家两百人的公司做一个会议室预订系统:员工可以在手机上看到空闲的会议室,十五分钟内没有人到场就自动释放。访客到达时前台会收到通知,每周生成一次使用报告。',
    constraints: '必须和现有的日历系统同步。',
  },
  {
    name: 'Fahrräder',
    idea: 'Eine Werkstatt für Fahrräder will, dass Kundinnen den Stand der Reparatur selbst sehen, Ersatzteile rechtzeitig bestellt werden und kein Rad länger als zwei Tage herumsteht. Die Mechaniker tippen mit öligen Fingern, also große Knöpfe. Rechnungen entstehen aus den Arbeitsschritten.',
  },
];
