# The image of PushFanout, from a build on this machine:
#
#   mvn -DskipTests package
#   docker build -t pushfanout:VERSION .
#
# PackagedImageIT follows these instructions and runs the result; it reads no others than these.
ARG JDK=eclipse-temurin:25-jdk
ARG BASE=debian:13-slim

# Of Java, what the program needs; then its cache of prepared classes, which knows this Java and these
# files by their places and times. Nothing here asks for a network.
FROM ${JDK} AS runtime
RUN jlink \
    --add-modules java.base,java.logging,java.management,java.naming,java.net.http,java.xml,jdk.jfr,jdk.management,jdk.unsupported \
    --strip-java-debug-attributes --no-header-files --no-man-pages --compress zip-6 \
    --output /opt/java
COPY bin /opt/pushfanout/bin
COPY target/lib /opt/pushfanout/lib
COPY target/pushfanout.jar /opt/pushfanout/
RUN /opt/pushfanout/bin/aot-cache /opt/java/bin/java /opt/pushfanout/pushfanout.jar

FROM ${BASE}
COPY --from=runtime /opt/java /opt/java
COPY --from=runtime /opt/pushfanout /opt/pushfanout
ENV PATH=/opt/java/bin:/usr/bin:/bin LC_ALL=C.UTF-8
# By number, so that Kubernetes can see that it is not root. Nothing is written but to /tmp and --state-dir.
USER 65532:65532
EXPOSE 50053 8080
ENTRYPOINT ["java", "@/opt/pushfanout/bin/jvm.options", "-XX:AOTCache=/opt/pushfanout/pushfanout.aot", "-jar", "/opt/pushfanout/pushfanout.jar"]
# Who may broadcast has to be said too, such as by the variable PUSHFANOUT_AUTH: there is no default.
CMD ["serve", "--bind=0.0.0.0"]
