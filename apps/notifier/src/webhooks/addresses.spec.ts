import { isPublic, localPolicy, publicPolicy, readNetwork } from './addresses.js';

const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '93.184.215.14',
  '172.15.255.255',
  '172.32.0.1',
  '192.167.255.255',
  '100.63.255.255',
  '100.128.0.1',
  '2606:4700:4700::1111',
  '2a00:1450:4001:81d::200e',
  '::ffff:8.8.8.8',
  '64:ff9b::8.8.8.8',
];

const NOT_PUBLIC = [
  ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '10.255.255.255', '100.64.0.1', '100.127.255.255', '127.0.0.1', '127.255.0.1'],
  ...['169.254.0.1', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.1', '192.0.2.1', '192.88.99.1'],
  ...['192.168.0.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '239.255.255.255', '240.0.0.1'],
  ...['255.255.255.255', '::', '::1', '::7f00:1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:169.254.169.254'],
  ...['64:ff9b::127.0.0.1', '64:ff9b::a00:1', '64:ff9b::169.254.169.254', '64:ff9b:1::8.8.8.8', '100::1'],
  ...['2001::1', '2001:db8::1', '2001:2::1', '2001:10::1', '2002:7f00:1::', '2002:808:808::', '3fff::1', '5f00::1'],
  ...['fc00::1', 'fd00:ec2::254', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', '4000::1', '::ffff:0:8.8.8.8'],
  // No addresses at all, or none that a resolver would give.
  ...['', 'localhost', '127.1', '2130706433', '0x7f000001', '0177.0.0.1', '[::1]', '8.8.8.8.', ' 8.8.8.8'],
];

it.each(PUBLIC)('%s is public', (address) => {
  expect(isPublic(address)).toBe(true);
  expect(publicPolicy().allows(address)).toBe(true);
});

it.each(NOT_PUBLIC)('"%s" is not public', (address) => {
  expect(isPublic(address)).toBe(false);
  expect(publicPolicy().allows(address)).toBe(false);
});

it('an operator may add networks, each address of them in every form and none beside them', () => {
  const { allows, plainHttp } = publicPolicy([readNetwork('10.20.0.0/16'), readNetwork('fd00:1::/32')]);
  expect(['10.20.0.1', '10.20.255.255', '::ffff:10.20.0.1', 'fd00:1::1', '8.8.8.8'].map(allows)).not.toContain(false);
  expect(['10.21.0.1', '127.0.0.1', 'fd00:2::1', '::1', '169.254.169.254', 'x'].map(allows)).not.toContain(true);
  expect(plainHttp).toBe(false);
});

it('a platform without keys reaches its own machine and network, and nothing link-local', () => {
  const { allows, plainHttp } = localPolicy();
  expect(['127.0.0.1', '::1', '192.168.1.7', '10.0.0.1', 'fd00::1', '8.8.8.8'].map(allows)).not.toContain(false);
  expect(
    ['169.254.169.254', 'fe80::1', '::ffff:169.254.169.254', '0.0.0.0', '::', '224.0.0.1'].map(allows),
  ).not.toContain(true);
  expect(plainHttp).toBe(true);
});
