import { readBrief } from './brief.js';

const brief = (idea: string, data: Record<string, string> = {}) =>
  readBrief({
    system: [],
    user: [{ text: idea, data: 'idea' }, ...Object.entries(data).map(([name, text]) => ({ text, data: name }))],
  });

describe('readBrief', () => {
  it.each([
    ['A mobile app that helps neighbours share tools.', 'Tool sharing app', 'the tool sharing app'],
    [
      'An app that finds a free tennis court nearby and lets players book it together.',
      'Tennis court app',
      'the tennis court app',
    ],
    [
      'I want to build a marketplace for small bakeries so that customers can order bread before',
      'Marketplace for small bakeries',
      'the marketplace for small bakeries',
    ],
    ['# Inventory\n- track stock', 'Inventory', 'Inventory'],
    ['x', 'X', 'X'],
    ['💡', '💡', '💡'],
    ['#', 'The unnamed product', 'the unnamed product'],
    [
      '近所の人が道具を貸し借りできるアプリ。予約。',
      '近所の人が道具を貸し借りできるアプリ',
      '“近所の人が道具を貸し借りできるアプリ”',
    ],
  ])('names %j', (idea, name, product) => expect(brief(idea)).toMatchObject({ name, product }));

  it.each([
    [
      'An app that finds a free tennis court nearby and lets players book it together.',
      ['find a free tennis court nearby', 'book the court together'],
      ['court', 'booking'],
    ],
    [
      'A tool for hospital nurses to hand over shifts: each patient has a checklist, open tasks are flagged, and the next nurse signs that she has read it.',
      ['hand over shifts', 'keep a checklist for each patient', 'flag open tasks', 'sign that they have read it'],
      ['shift', 'handover', 'checklist', 'task'],
    ],
    [
      'A tool that scans a repository for unused variables, explains where they come from and opens a pull request that removes them.',
      [
        'scan a repository for unused variables',
        'understand where the variables come from',
        'open a pull request that removes the variables',
      ],
      ['repository', 'request', 'variable'],
    ],
    [
      'An app to buy and sell books, with reviews and deposits',
      ['buy and sell books', 'manage reviews and deposits'],
      ['book'],
    ],
    ['A service that reminds owners when a loan is due', ['be reminded when a loan is due'], ['loan']],
    ['🎾 An app 📱 for runners 🏃 to plan routes 🗺️!', ['plan routes'], ['route']],
  ])('tells what people do in %j', (idea, deeds, nouns) => {
    const found = brief(idea);
    expect(found.capabilities.map(({ deed }) => deed).slice(0, deeds.length)).toEqual(deeds);
    expect(found.things.map(({ one }) => one)).toEqual(expect.arrayContaining(nouns));
    expect(found.things.map(({ one }) => one)).not.toEqual(expect.arrayContaining(['find', 'tennis', 'scan']));
  });

  it('quotes what it cannot bend', () => {
    const found = brief('Eine App, mit der Nachbarn Werkzeuge ausleihen können. Jedes Werkzeug hat eine Kaution.');
    expect(found.capabilities[0]).toEqual({
      deed: 'use “Nachbarn Werkzeuge ausleihen können”',
      title: 'Nachbarn Werkzeuge ausleihen können',
      user: null,
    });
    expect(found.users[0]).toBe('neighbours');
    expect(found.things.slice(0, 2).map(({ one }) => one)).toEqual(['Werkzeuge', 'Kaution']);
  });

  it('prefers the name the project has', () => {
    expect(brief('An app for toys', { project_name: 'Toy *Library*' }).name).toBe('Toy Library');
  });

  it('finds users, what they do and with what, in the author’s words', () => {
    const found = brief(
      'I want to build a marketplace for small bakeries so that customers can order bread the evening before and pick it up without waiting. Students get a discount.',
    );
    expect(found.users).toEqual(['bakeries', 'customers', 'students']);
    expect(found.capabilities.slice(0, 3)).toEqual([
      { deed: 'order bread the evening before', title: 'Order bread the evening before', user: 'customers' },
      { deed: 'pick the bread up without waiting', title: 'Pick the bread up without waiting', user: null },
      { deed: 'get a discount', title: 'Get a discount', user: 'students' },
    ]);
    expect(found.things.map(({ one }) => one)).toEqual(expect.arrayContaining(['order', 'bread', 'discount']));
  });

  it('reads lists, skips code and takes constraints apart', () => {
    const found = brief('Stock keeping\n- track stock\n- print labels\n\n```js\nevil()\n```', {
      constraints: 'One server; 500 EUR a month.\nGDPR',
    });
    expect(found.capabilities.slice(0, 2).map(({ deed }) => deed)).toEqual(['track stock', 'print labels']);
    expect(JSON.stringify(found)).not.toContain('evil');
    expect(found.constraints).toEqual(['One server', '500 EUR a month', 'GDPR']);
  });

  it('collects the titles of requirements in earlier texts', () => {
    expect(
      brief('x', {
        prd: '## Functional Requirements\n\n- **Share tools** (must): When …\n- **Bold lead**: no requirement\n\n## Non-Functional Requirements\n\n- **Response time** (must): 800 ms',
        feature_spec: '- **Share tools** (must): again\n- **Speed** (should): quick. Measured by a test.',
      }).requirements,
    ).toEqual({ functional: ['Share tools'], quality: ['Response time', 'Speed'] });
  });

  it('takes a feature’s description for the idea', () => {
    expect(
      brief('An app for toys', { feature_description: 'Waiting lists for busy toys', project_name: 'Toys' }).name,
    ).toBe('Waiting lists for busy toys');
  });
});
