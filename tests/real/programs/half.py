"""Asks a gateway for a text over py4j as PySpark uses it, and says what came.

    half.py PORT SECRET
"""

import sys

from py4j.clientserver import ClientServer, JavaParameters, PythonParameters
from py4j.java_gateway import JavaMember

java = JavaParameters(port=int(sys.argv[1]), auth_token=sys.argv[2], auto_convert=True)
gateway = ClientServer(java_parameters=java, python_parameters=PythonParameters(port=0, eager_load=False))
try:
    print("got", JavaMember("getProperty", None, "z:java.lang.System", gateway._gateway_client)("java.version"))
except Exception as error:
    print("raised", type(error).__name__)
