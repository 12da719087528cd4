import { jwtSettings } from './jwt.js';

const whole = {
  PLANWRIGHT_JWT_ISSUER: 'https://id.example.com/',
  PLANWRIGHT_JWT_AUDIENCE: 'planwright',
  PLANWRIGHT_JWKS_URL: 'https://id.example.com/jwks',
};

it('is there with all three, and not there with none', () => {
  expect(jwtSettings(whole)).toEqual({
    issuer: 'https://id.example.com/',
    audience: 'planwright',
    jwksUrl: 'https://id.example.com/jwks',
  });
  expect(jwtSettings({})).toBeUndefined();
});

it.each(Object.keys(whole))('refuses to start without %s alone', (name) => {
  expect(() => jwtSettings({ ...whole, [name]: undefined })).toThrow(`${name} is required where one of`);
});

it('names everything that is missing', () => {
  expect(() => jwtSettings({ PLANWRIGHT_JWKS_URL: whole.PLANWRIGHT_JWKS_URL })).toThrow(
    /2 problems.*\n.*JWT_ISSUER is required.*\n.*JWT_AUDIENCE is required/,
  );
});
