import type { Report } from './lighthouse-report.js';
import { lostBy, pointsOf } from './lighthouse-report.js';

const report: Report = {
  categories: {
    performance: {
      score: 0.925,
      auditRefs: [
        { id: 'paint', weight: 10 },
        { id: 'blocking', weight: 30 },
        { id: 'hint', weight: 0 },
        { id: 'elsewhere', weight: 10 },
      ],
    },
    accessibility: { score: null, auditRefs: [] },
  },
  audits: {
    paint: { title: 'Paint', score: 0.9, displayValue: '1.9 s' },
    blocking: { title: 'Blocking', score: 0.8 },
    hint: { title: 'Hint', score: 0 },
    elsewhere: { title: 'Not here', score: null },
  },
};

it('says the points of a category; what was not judged has none', () => {
  expect(pointsOf(report, 'performance')).toBe(93);
  expect(pointsOf(report, 'accessibility')).toBeNaN();
  expect(pointsOf(report, 'seo')).toBeNaN();
});

it('says by which audits points were lost, of those that count', () => {
  expect(lostBy(report, 'performance')).toEqual([
    { audit: 'blocking', points: 15, value: '' },
    { audit: 'paint', points: 2.5, value: '1.9 s' },
  ]);
  expect(lostBy(report, 'accessibility')).toEqual([]);
});
