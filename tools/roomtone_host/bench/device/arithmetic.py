"""Instructions of a DTLS handshake's arithmetic, piece by piece."""
# MIT License; see LICENSE

import os

from counter import average, report
from webrtc import ecdsa
from webrtc.p256 import finish, multiply, multiply_base, random_scalar

DIGEST = bytes(range(32))

secret = random_scalar(os.urandom)
public = finish(multiply_base(secret, os.urandom))
half = finish(ecdsa.prepare(os.urandom))
signature = ecdsa.sign(secret, DIGEST, half)

report("p256_base", average(lambda: finish(multiply_base(secret, os.urandom)), rounds=1))
report("p256_shared", average(lambda: finish(multiply(secret, public)), rounds=1))
report("ecdsa_prepare", average(lambda: finish(ecdsa.prepare(os.urandom)), rounds=1))
report("ecdsa_sign", average(ecdsa.sign, secret, DIGEST, half, rounds=2))
report("ecdsa_verify", average(lambda: finish(ecdsa.verify(public, DIGEST, signature)), rounds=1))
