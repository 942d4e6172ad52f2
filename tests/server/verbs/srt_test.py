# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""scan over SRT on loopback: called and calling, with and without passphrase, a sender that goes and comes. Prints TAP.
Arguments: the daorian executable, the thai-mux executable, the srt-send executable."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import tap  # noqa: E402

USAGE, NOPERM = 64, 77
SECRET = "กุญแจลับ-ของเรา"
SERVICES = [101, 102, 103, 104]


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Bench:
    def __init__(self, daorian, sender, stream):
        self.daorian, self.sender, self.stream = daorian, sender, stream

    def scan(self, uri):
        return subprocess.Popen([self.daorian, "scan", "--seconds", "100", uri], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env={**os.environ, "LC_ALL": "C"})

    def send(self, port, *options):
        """Starts a sender. Returns it with its first word when it listens."""
        process = subprocess.Popen([self.sender, "--port", str(port), *options, self.stream], stdout=subprocess.PIPE)
        if "--listen" in options:
            assert process.stdout.readline().decode() == f"listening {port}\n"
        return process

    def send_until_let_in(self, port, *options):
        """A sender calls until the listener is there, as OBS does. Returns the process that was let in, and why the others were not."""
        reasons = set()
        for _ in range(60):
            process = self.send(port, *options)
            word, code = process.stdout.readline().decode().split()
            if word == "connected":
                return process, reasons
            reasons.add(int(code))
            process.wait()
        raise AssertionError(reasons)


def end(process):
    process.terminate()
    process.wait()
    process.stdout.close()


def finish(scan):
    out, error = scan.communicate(timeout=150)
    assert SECRET not in error.decode() and "%E0" not in error.decode(), error
    return scan.returncode, out.decode(), error.decode()


def check_services(scan):
    code, out, error = finish(scan)
    assert code == 0, (code, error)
    assert [json.loads(line)["service_id"] for line in out.splitlines()] == SERVICES, out


def test_caller(bench):
    port = free_port()
    sender = bench.send(port, "--listen", "--passphrase", SECRET)
    check_services(bench.scan(f"srt://127.0.0.1:{port}?mode=caller&latency=40&passphrase={SECRET}"))
    end(sender)


def test_listener(bench):
    """Somebody under another name, or with none, is not let in."""
    port = free_port()
    scan = bench.scan(f"srt:127.0.0.1:{port}?mode=listener&passphrase={SECRET}&streamid=%23!::r=one")
    sender, _ = bench.send_until_let_in(port, "--passphrase", SECRET, "--streamid", "#!::r=one")
    check_services(scan)
    end(sender)
    scan = bench.scan(f"srt://:{port}?streamid=one")
    other = bench.send(port, "--streamid", "one more")
    while (words := other.stdout.readline().decode().split()) == ["rejected", "16"]:  # nobody was there yet
        other = bench.send(port, "--streamid", "one more")
    assert words == ["rejected", "1401"], words
    other.wait()
    sender, _ = bench.send_until_let_in(port, "--streamid", "one")
    check_services(scan)
    end(sender)


def test_wrong_passphrase(bench):
    port = free_port()
    sender = bench.send(port, "--listen", "--passphrase", SECRET)
    code, out, error = finish(bench.scan(f"srt://127.0.0.1:{port}?passphrase=another-one"))
    assert code == NOPERM and out == "" and "passphrase is not the same" in error, (code, error)
    assert "another-one" not in error and "passphrase=***" in error, error
    code, out, error = finish(bench.scan(f"srt://127.0.0.1:{port}"))
    assert code == NOPERM and "only one end" in error, (code, error)
    end(sender)


def test_wrong_passphrase_of_caller(bench):
    """A listener sees only that somebody knocked and did not come in."""
    port = free_port()
    scan = bench.scan(f"srt://:{port}?passphrase={SECRET}")
    while scan.poll() is None:
        other = bench.send(port, "--passphrase", "another-one")
        word, _ = other.stdout.readline().decode().split()
        assert word == "rejected"
        other.wait()
        other.stdout.close()
    code, out, error = finish(scan)
    assert code == NOPERM and "passphrase is not the same" in error, (code, error)


def test_goes_and_comes(bench):
    """Not all tables came before the sender ended; the next one is called by itself."""
    port = free_port()
    sender = bench.send(port, "--listen", "--bursts", "3")
    scan = bench.scan(f"srt://127.0.0.1:{port}?latency=20")
    sender.wait()
    sender = bench.send(port, "--listen")
    check_services(scan)
    end(sender)


def test_addresses(bench):
    for uri, sentence in [
        (f"srt://192.0.2.1:9000?passphrase={SECRET[:3]}", "10 to 79"),  # nine bytes
        (f"srt://192.0.2.1:9000?passphrase={'x' * 80}", "10 to 79"),
        ("srt://192.0.2.1:9000?mode=rendezvous", "mode is caller or listener"),
        ("srt://192.0.2.1", "srt://HOST:PORT"),
        ("srt://192.0.2.1:99999", "srt://HOST:PORT"),
        ("srt://:9000?mode=caller", "HOST"),
        ("srt://two words:9000", "HOST"),
        ("srt://192.0.2.1:9000?latency=200000", "milliseconds"),
        ("srt://192.0.2.1:9000?streamid=" + "x" * 513, "512"),
        ("srt://192.0.2.1:9000?streamid=%ff", "%25"),
    ]:
        code, out, error = finish(bench.scan(uri))
        assert code == USAGE and sentence in error, (uri, code, error)
        assert "xxx" not in error.replace("streamid=" + "x" * 513, ""), error


TESTS = [test_caller, test_listener, test_wrong_passphrase, test_wrong_passphrase_of_caller, test_goes_and_comes, test_addresses]


def main():
    daorian, thai_mux, sender = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as folder:
        stream = str(Path(folder) / "mux.ts")
        subprocess.run([thai_mux, "--seconds", "12", stream], check=True)
        return tap.run(TESTS, Bench(daorian, sender, stream))


if __name__ == "__main__":
    sys.exit(main())
