/**
 * Texts with secrets and without, as Java, Spark, shells and people write them.
 * @module
 */

/** What stands for § in a planted text. */
export const SECRET = "hunter2Xy";

/** Texts in which § stands for a secret, and nothing else may be replaced. */
export const PLANTED: readonly string[] = [
  // Spark, Java and Hadoop.
  "PYSPARK_GATEWAY_SECRET=§",
  "export PYSPARK_GATEWAY_SECRET=§",
  "jvm_args: -Dspark.ssl.keyPassword=§ -Dfoo=bar -Xmx1g",
  "-Dspark.ssl.keyPassword=§",
  "spark-submit --conf spark.hadoop.fs.s3a.secret.key=§ --conf spark.hadoop.fs.s3a.path.style.access=true x.py",
  'x "--conf" "spark.my.password=§" "--name" "n"',
  "spark.ssl.trustStorePassword  §",
  "spark.ssl.trustStorePassword\t§",
  "x (spark.hadoop.fs.s3a.access.key,§)",
  "x ('spark.my.password', '§'), ('spark.app.name', 'n')",
  'x ["spark.my.password","§"],["spark.app.name","n"]',
  "x Map(spark.my.token -> §, spark.app.name -> n)",
  "fs.azure.account.key.me.dfs.core.windows.net=§",
  "spark.hadoop.fs.azure.sas.c.a.blob.core.windows.net=§",
  "<name>fs.s3a.secret.key</name><value>§</value>",
  "<property>\n  <name>fs.s3a.secret.key</name>\n  <value>§</value>\n</property>",
  '<property name="javax.jdo.option.ConnectionPassword" value="§"/>',
  "<server><password>§</password></server>",
  'sasl.jaas.config=a.b.PlainLoginModule required username="u" password="§";',
  "MongoCredential{mechanism=null, userName='x', password='§'}",
  "x {user=me, password=§, retries=3}",
  // Shells, YAML, JSON, Python, prose.
  "x --password § --verbose",
  "--token=§",
  "password: §",
  "  db-password: §",
  "Password: §",
  "x apiKey: § y",
  "accessKey=§",
  "AWS_SECRET_ACCESS_KEY=§",
  "x AWS_SESSION_TOKEN=§ y",
  '{"password": "§", "a": 1}',
  '{"db_password":"a\\"§"}'.replace('a\\"', ""),
  '"{\\"password\\": \\"§\\", \\"a\\": 1}"',
  "{'client_secret': '§', 'a': 1}",
  '{"name":"spark.my.password","value":"§"}',
  '{"cmd": "x --conf a.password=§", "b": 1}',
  // URLs and headers.
  "x https://§@host/path",
  "x s3a://§@bucket/path",
  "x jdbc:oracle:thin:§@//host:1521/db",
  "jdbc:postgresql://h:5432/db?user=x&password=§&ssl=true",
  "jdbc:sqlserver://h:1433;user=x;password=§;encrypt=true",
  "https://a.blob.core.windows.net/c?sv=1&sig=§&se=2",
  "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=§;EndpointSuffix=core.windows.net",
  "GET /?key=§&x=1",
  "x Authorization: §",
  "curl -H 'X-Auth-Token: §' https://host/",
  "Set-Cookie: §",
  "x Bearer § y",
];

/** Secrets that are one by their look, each in the place of § in a sentence. */
export const SHAPED: readonly string[] = [
  "AKIAIOSFODNN7EXAMPLE",
  "AIzaSyA-1234567890abcdefghijklmnopqrstu",
  "ya29.a0AfH6SMBx-abcdefghijklmno",
  "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
  "glpat-abcdefghij0123456789",
  "xoxb-123456789012-abcdef",
  "dapi0123456789abcdef0123456789abcdef",
  "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N",
  `${"A1b/".repeat(21)}AB==`,
];

/** Texts that look like secrets to a careless eye. */
export const HARMLESS: readonly string[] = [
  "\tat org.apache.hadoop.security.token.Token.decodeIdentifier(Token.java:178)",
  "\tat org.apache.parquet.hadoop.ParquetRecordReader.nextKeyValue(ParquetRecordReader.java:201)",
  "    at scala.collection.convert.WrapAsScala$class.asScalaBuffer(WrapAsScala.scala:79)",
  "Caused by: org.apache.hadoop.security.token.SecretManager$InvalidToken: token (owner) is expired",
  "java.security.InvalidKeyException: Illegal key size",
  "Event: 2.822 Thread 0x00007f92ec134000  945       3       java.util.StringTokenizer::<init> (92 bytes)",
  "reason=unstable_if action=reinterpret pc=0x00000040029784c0 method=java.util.HashMap.keySet()Ljava/util/Set; @ 6",
  "RAX=0x0000000000000000, RBX=0x00007f85101798e8, RCX=0x00007f85101798e8",
  "25/06/08 INFO SecurityManager: SecurityManager: authentication disabled; ui acls disabled",
  "25/06/08 INFO HadoopFSDelegationTokenProvider: getting token for: DFS[hdfs://nn:8020]",
  "java.util.NoSuchElementException: key not found: spark.app.id",
  "Filter (isnotnull(key#12) AND (key#12 = 17))",
  "SELECT * FROM t WHERE key = 5",
  '{"key": "a", "count": 3}',
  "key.serializer=org.apache.kafka.common.serialization.StringSerializer",
  "spark.hadoop.fs.s3a.aws.credentials.provider=org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider",
  "spark.kerberos.keytab=/etc/security/spark.keytab",
  "-Djavax.net.ssl.keyStore=/etc/pki/keystore.jks",
  "spark.io.encryption.keySizeBits=128",
  "-Dcom.sun.management.jmxremote.password=false",
  "x password=${DB_PASSWORD} y",
  "Access denied for user 'x'@'y' (using password: YES)",
  "spark.my.password=*********(redacted)",
  "spark://HeartbeatReceiver@10.0.0.1:7077",
  "abfss://container@account.dfs.core.windows.net/path",
  "HTTP ERROR 401 Bearer authentication is required",
  "MaxHeapSize = 8367636480, used 3520K, capacity 4506K, committed 4864K",
  "-XX:MaxRAMPercentage=50.0 -Xmx4g -XX:+UseG1GC",
  'NAME="Debian GNU/Linux"\nVERSION_ID="11"\nHOME_URL="https://www.example.org/"',
  "the tokenizer: standard",
  "if (token == other) return secret::get;",
];
