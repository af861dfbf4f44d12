"""The watch tells an address outside from one inside, for every form in which strace writes one."""

import pytest

from tests.benchmarks.socket_watch import outside_calls

OUTSIDE = [
    '12 connect(3, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("192.0.2.1")}, 16) = -1 ENETUNREACH',
    "12 connect(3, {sa_family=AF_INET6, sin6_port=htons(9), sin6_flowinfo=htonl(0), "
    'inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}, 28) = -1 ENETUNREACH',
    '12 sendto(3, "x", 1, 0, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("198.51.100.7")}, 16) = 1',
    "12 sendmmsg(3, [{msg_hdr={msg_name={sa_family=AF_INET, sin_port=htons(53), "
    'sin_addr=inet_addr("192.0.2.9")}, msg_namelen=16}}], 1, 0) = 1',
    '12 bind(3, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("0.0.0.0")}, 16) = 0',
    "12 bind(3, {sa_family=AF_PACKET, sll_protocol=htons(0)}, 20) = 0",
    '12 connect(3, {sa_family=AF_INET6, sin6_port=htons(9), inet_pton(AF_INET6, "::ffff:192.0.2.1", &sin6_addr)}, 28)',
]
INSIDE = [
    '12 connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16) = 0',
    '12 connect(3, {sa_family=AF_INET6, sin6_port=htons(9), inet_pton(AF_INET6, "::1", &sin6_addr)}, 28) = 0',
    '12 connect(3, {sa_family=AF_UNIX, sun_path="/run/x"}, 110) = -1 ENOENT',
    "12 bind(3, {sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000}, 12) = 0",
]


@pytest.mark.parametrize("line", OUTSIDE)
def test_an_attempt_to_leave_is_told(line: str) -> None:
    assert outside_calls([line]) == (1, (line,))


@pytest.mark.parametrize("line", INSIDE)
def test_what_stays_inside_is_counted_only(line: str) -> None:
    assert outside_calls([line]) == (1, ())


def test_calls_without_an_address_do_not_count() -> None:
    lines = [
        "12 socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3",
        '12 sendto(3, "x", 1, 0, NULL, 0) = 1',
        "12 +++ exited +++",
    ]
    assert outside_calls(lines) == (0, ())
